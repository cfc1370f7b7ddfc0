/** True for a text with a line that runs a container: `docker run`, `sudo podman run`, `$ docker container run`; a `#` begins a comment. */
export function hasRunCommand(text: string): boolean {
  return text.split("\n").some((line) => runLine.test(line));
}

const runLine =
  /^[ \t\uFEFF]*(?:\$[ \t]+)?(?:[A-Za-z_]\w*=\S*[ \t]+)*(?:sudo[ \t]+(?:-\w+[ \t]+)*)?(?:docker|podman|nerdctl|balena|balena-engine)[ \t]+(?:-\S+[ \t]+(?:[^-\s]\S*[ \t]+)?)*(?:container[ \t]+)?(?:run|create)(?:[ \t\\]|\r?$)/;
