/** The addresses inside the face, as the routes know them. */
export const paths = {
  devices: "/devices",
  device: (deviceId: string) => `/devices/${encodeURIComponent(deviceId)}`,
  stacks: "/stacks",
  sample: "/stacks/sample",
  stack: (file: string) => `/stacks/open/${encodeURIComponent(file)}`,
  runs: "/runs",
  run: (runId: string) => `/runs/${runId}`,
};
