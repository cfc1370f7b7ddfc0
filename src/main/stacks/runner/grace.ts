/** How long a service may take to stop when neither the file nor the caller says: Docker's own default. */
export const defaultGraceMs = 10_000;
