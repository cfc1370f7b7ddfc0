/** The network that a service joins when it names none. */
export const defaultNetwork = "default";
