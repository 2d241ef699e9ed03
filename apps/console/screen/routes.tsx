import {
  createRootRoute,
  createRoute,
  createRouter,
  useNavigate,
  useParams,
  useSearch,
} from '@tanstack/react-router';
import { BanksPage } from './banks/banks-page.tsx';
import { DebtsPage } from './debts/debts-page.tsx';
import { Broken, Frame, NoSuchPage } from './frame.tsx';
import { HomePage } from './home/home-page.tsx';
import {
  type DebtFilter,
  debtFilter,
  filterOf,
  type PaymentFilter,
  paymentFilter,
} from './payments/filter.ts';
import { PaymentsPage } from './payments/payments-page.tsx';
import { StopListPage } from './stop-list/stop-list-page.tsx';
import { TillsPage } from './tills/tills-page.tsx';

const root = createRootRoute({
  component: Frame,
  validateSearch: filterOf,
  notFoundComponent: NoSuchPage,
  errorComponent: Broken,
});
const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage });
// A page and its opened row are one route with a part inside it, so that the list stays as it is while a row opens and closes.
const payments = createRoute({ getParentRoute: () => root, path: '/payments', component: Payments });
const payment = createRoute({ getParentRoute: () => payments, path: '$paymentId' });
const debts = createRoute({ getParentRoute: () => root, path: '/debts', component: Debts });
const debt = createRoute({ getParentRoute: () => debts, path: '$debtId' });
const stopList = createRoute({ getParentRoute: () => root, path: '/stop-list', component: StopListPage });
const tills = createRoute({ getParentRoute: () => root, path: '/tills', component: TillsPage });
const banks = createRoute({ getParentRoute: () => root, path: '/banks', component: BanksPage });

/** What of a search is given: an address names nothing that is not asked for. */
const given = (search: object) =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

function Payments() {
  const { paymentId } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <PaymentsPage
      filter={paymentFilter(search)}
      onFilter={(filter: PaymentFilter) =>
        void navigate({ to: '.', search: given({ sort: search.sort, ...filter }), replace: true })
      }
      opened={paymentId}
      onOpen={(id) =>
        void (id === undefined
          ? navigate({ to: '/payments', search })
          : navigate({ to: '/payments/$paymentId', params: { paymentId: id }, search }))
      }
    />
  );
}

function Debts() {
  const { debtId } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <DebtsPage
      filter={debtFilter(search)}
      onFilter={(filter: DebtFilter) =>
        void navigate({ to: '.', search: given({ sort: search.sort, ...filter }), replace: true })
      }
      opened={debtId}
      onOpen={(id) =>
        void (id === undefined
          ? navigate({ to: '/debts', search })
          : navigate({ to: '/debts/$debtId', params: { debtId: id }, search }))
      }
    />
  );
}

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    payments.addChildren([payment]),
    debts.addChildren([debt]),
    stopList,
    tills,
    banks,
  ]),
  // Every filter is a text: an address is as plain as it can be written by hand.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(given(search) as Record<string, string>).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
