import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { BanksPage } from './banks/banks-page.tsx';
import { DebtsPage } from './debts/debts-page.tsx';
import { Frame } from './frame.tsx';
import { HomePage } from './home/home-page.tsx';
import { PaymentsPage } from './payments/payments-page.tsx';
import { StopListPage } from './stop-list/stop-list-page.tsx';
import { TillsPage } from './tills/tills-page.tsx';

/** What of a list's address is its filter; anything else in the address is dropped. */
interface ListSearch {
  state?: string;
  tillId?: string;
  search?: string;
}

function listSearch(raw: Record<string, unknown>): ListSearch {
  const names = ['state', 'tillId', 'search'] as const;
  return Object.fromEntries(
    names.flatMap((name) => (raw[name] === undefined ? [] : [[name, String(raw[name])]])),
  );
}

const given = <Search extends object>(search: Search): ListSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

const root = createRootRoute({ component: Frame });
const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage });
const payments = createRoute({
  getParentRoute: () => root,
  path: '/payments',
  validateSearch: listSearch,
  component: () => <Payments />,
});
const payment = createRoute({
  getParentRoute: () => root,
  path: '/payments/$paymentId',
  validateSearch: listSearch,
  component: () => <Payments opened={payment.useParams().paymentId} />,
});
const debts = createRoute({
  getParentRoute: () => root,
  path: '/debts',
  validateSearch: listSearch,
  component: () => <Debts />,
});
const debt = createRoute({
  getParentRoute: () => root,
  path: '/debts/$debtId',
  validateSearch: listSearch,
  component: () => <Debts opened={debt.useParams().debtId} />,
});
const stopList = createRoute({ getParentRoute: () => root, path: '/stop-list', component: StopListPage });
const tills = createRoute({ getParentRoute: () => root, path: '/tills', component: TillsPage });
const banks = createRoute({ getParentRoute: () => root, path: '/banks', component: BanksPage });

function Payments(props: { opened?: string }) {
  const search: ListSearch = root.useSearch();
  const navigate = root.useNavigate();
  return (
    <PaymentsPage
      filter={search}
      onFilter={(filter) => void navigate({ to: '/payments', search: given(filter) })}
      opened={props.opened}
      onOpen={(id) =>
        void (id === undefined
          ? navigate({ to: '/payments', search })
          : navigate({ to: '/payments/$paymentId', params: { paymentId: id }, search }))
      }
    />
  );
}

function Debts(props: { opened?: string }) {
  const search: ListSearch = root.useSearch();
  const navigate = root.useNavigate();
  return (
    <DebtsPage
      state={search.state}
      onState={(state) => void navigate({ to: '/debts', search: given({ state }) })}
      opened={props.opened}
      onOpen={(id) =>
        void (id === undefined
          ? navigate({ to: '/debts', search })
          : navigate({ to: '/debts/$debtId', params: { debtId: id }, search }))
      }
    />
  );
}

export const router = createRouter({
  routeTree: root.addChildren([home, payments, payment, debts, debt, stopList, tills, banks]),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
