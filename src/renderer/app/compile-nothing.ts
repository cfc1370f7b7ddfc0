import * as z from "zod";

// Imported before every schema: zod looks whether it may compile its parsers when the first one is made,
// which the page's content policy forbids and reports.
z.config({ jitless: true });
