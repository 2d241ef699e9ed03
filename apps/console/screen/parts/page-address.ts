import { useNavigate, useSearch } from '@tanstack/react-router';

/** What of a filter is set: an address names nothing that nobody asked for. */
export const withoutUndefined = (filter: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

/** Puts a filter into the page's address; the order of the list stays. */
export function useSetFilter(): (filter: object) => void {
  const navigate = useNavigate();
  const { sort } = useSearch({ strict: false });
  return (filter) =>
    void navigate({ to: '.', search: withoutUndefined({ sort, ...filter }) as never, replace: true });
}
