import type { English } from '@bivak/messages';
import type { ReactElement } from 'react';
import { BanksPage } from './banks/banks-page.tsx';
import { DebtsPage } from './debts/debts-page.tsx';
import { HomePage } from './home/home-page.tsx';
import { PaymentsPage } from './payments/payments-page.tsx';
import { StopListPage } from './stop-list/stop-list-page.tsx';
import { StorePage } from './store/store-page.tsx';
import { TillsPage } from './tills/tills-page.tsx';
import { UnaccountedPage } from './unaccounted/unaccounted-page.tsx';

interface Page {
  /** The address; a row that may be open beside the list is its optional part. */
  path: string;
  /** Its name among the sections. */
  name: keyof English['console']['nav'];
  component: () => ReactElement;
}

/** Every page, in the order of the sections: its route and its entry there are made from its row here. */
export const pages = [
  { path: '/', name: 'home', component: HomePage },
  { path: '/payments/{-$paymentId}', name: 'payments', component: PaymentsPage },
  { path: '/unaccounted', name: 'unaccounted', component: UnaccountedPage },
  { path: '/debts/{-$debtId}', name: 'debts', component: DebtsPage },
  { path: '/stop-list', name: 'stopList', component: StopListPage },
  { path: '/tills', name: 'tills', component: TillsPage },
  { path: '/banks', name: 'banks', component: BanksPage },
  { path: '/store', name: 'store', component: StorePage },
] as const satisfies readonly Page[];
