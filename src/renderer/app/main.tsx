import "./compile-nothing.ts";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../ui/tokens.css";
import "../ui/base.css";
import "../ui/controls.css";
import "../ui/floating.css";
import "../ui/charts.css";
import "./shell.css";
import { App } from "./app.tsx";
import { connect } from "./connect.ts";
import { startTheme } from "./theme.ts";

void startTheme();
void connect();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
