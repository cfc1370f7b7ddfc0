/** Makers whose boards are known by what follows. */
const makers =
  /^(?:Raspberry (?=Pi )|NVIDIA |Siemens SIMATIC |Toradex |Particle |Radxa (?=ROCK )|NXP |SolidRun |ST |Advantech |TelemetryOS |Intel |Generic )/;

/** The name of a catalogue board where room is short: `Pi 4B 2GB`, `CM4 8GB`, `Jetson Nano 4GB`. Others stay as they are. */
export function shortBoardName(name: string): string {
  return name
    .replace(makers, "")
    .replace(/^Pi Compute Module /, "CM")
    .replace(/^Revolution Pi /, "RevPi ")
    .replace(/ Model (?=[AB]\b)/, "")
    .replace(/ \([^)]*\)| Developer Kit| LPDDR4/g, "");
}
