import type { FixedFile } from "../../shared/domain/index.ts";
import { diffLines } from "./diff-lines.ts";
import "./diff-view.css";

/** What changes in some files, line by line. */
export function DiffView({ files }: { files: readonly FixedFile[] }) {
  return files.map(({ file, diff }) => (
    <section key={file} className="diff-file" aria-label={file}>
      <p className="small soft clip" title={file}>
        {file}
      </p>
      <pre className="diff">
        {diffLines(diff).map(({ kind, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a change never move.
          <span key={index} className={kind}>
            {`${text}\n`}
          </span>
        ))}
      </pre>
    </section>
  ));
}
