import * as z from "zod";
import { appErrorCodes } from "../domain/index.ts";

/** What rides along with an expected error: the hint, or for `internal` the id under which it was logged. */
export const errorDataSchema = z.object({ hint: z.string().nullable() });

/** The closed list of error codes as the wire knows them. */
export const errors = Object.fromEntries(appErrorCodes.map((code) => [code, { data: errorDataSchema }]));
