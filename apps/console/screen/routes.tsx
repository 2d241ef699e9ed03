import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { Broken, Frame, NoSuchPage } from './frame.tsx';
import { pages } from './pages.tsx';
import { withoutUndefined } from './parts/page-address.ts';
import { filterOf } from './payments/filter.ts';

const root = createRootRoute({
  component: Frame,
  validateSearch: filterOf,
  notFoundComponent: NoSuchPage,
  errorComponent: Broken,
});

const pageRoute = <const Path extends string>(path: Path, component: () => React.JSX.Element) =>
  createRoute({ getParentRoute: () => root, path, component });

/** The routes of the pages in their order, typed by their paths: a link to a page that there is not does not compile. */
type RoutesOf<Pages extends readonly { path: string }[]> = {
  -readonly [Index in keyof Pages]: ReturnType<typeof pageRoute<Pages[Index]['path']>>;
};
const routes = pages.map(({ path, component }) => pageRoute(path, component)) as unknown as RoutesOf<
  typeof pages
>;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  // Every filter is a text: an address is as plain as it can be written by hand.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(withoutUndefined(search) as Record<string, string>).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
