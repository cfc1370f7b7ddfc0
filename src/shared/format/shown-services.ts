/** Names of the services in the order of their colours: the first six on their own, the others together as `rest`. */
export function shownServices(services: readonly string[]): { name: string; members: readonly string[] }[] {
  const own = services.slice(0, services.length > 7 ? 6 : 7).map((name) => ({ name, members: [name] }));
  const rest = services.slice(own.length);
  return rest.length === 0 ? own : [...own, { name: `${rest.length} more`, members: rest }];
}
