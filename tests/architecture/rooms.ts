/**
 * Who may know whom: each room and the rooms that it may import, itself aside. Every folder of a house is listed here, so a
 * new room is an entry here first. `import-rules.ts` makes rules of it, `imports.test.ts` holds them.
 */
export type Rooms = Readonly<Record<string, readonly string[]>>;

/** The shared packages; each is a room. Those with I/O come last. */
const packages: Rooms = {
  lifecycle: [],
  domain: ['lifecycle'],
  messages: ['domain'],
  contracts: ['domain'],
  journal: ['domain'],
  rules: ['domain', 'lifecycle', 'money'],
  money: ['domain'],
  fiscal: ['domain', 'money'],
  stoplist: ['domain'],
  card: ['domain'],
  iso8583: [],
  'bank-profiles': ['domain', 'iso8583', 'mac'],
  mac: [],
  net: [],
  clock: ['net'],
  process: ['clock'],
  'http-api': ['contracts', 'domain', 'messages'],
  screen: ['domain', 'messages', 'money'],
};

/** Packages that wait, listen, log or draw; the others compute alone. */
export const packagesWithIo = ['net', 'clock', 'process', 'http-api', 'screen'];

/** Known by every room of the host that has a state. */
const base = ['alarms', 'epoch', 'store', 'keys'];

const host: Rooms = {
  api: [
    'views',
    'recovery',
    'payments',
    'routing',
    'notices',
    'banks',
    'fleet',
    'intake',
    'stoplist',
    'lines',
    'peers',
    ...base,
  ],
  'cardholder-page': ['views', 'recovery', ...base],
  /** Read models that join across rooms: they may look at every room, and none looks at them but what shows them. */
  views: ['recovery', 'payments', 'routing', 'notices', 'banks', 'fleet', 'intake', 'stoplist', ...base],
  recovery: ['payments', 'routing', 'notices', 'stoplist', ...base],
  fleet: ['payments', 'intake', 'stoplist', ...base],
  payments: ['banks', 'routing', 'intake', ...base],
  routing: [...base],
  notices: [...base],
  stoplist: [...base],
  intake: [...base],
  lines: ['banks', 'peers', 'store'],
  banks: [],
  peers: ['store'],
  alarms: ['store'],
  epoch: ['store'],
  keys: ['store'],
  store: [],
};

const till: Rooms = {
  api: [
    'status',
    'report',
    'uplink',
    'sale',
    'shift',
    'stoplist',
    'limits',
    'fiscal',
    'card',
    'receipt',
    'journal',
  ],
  status: ['sale', 'uplink', 'shift', 'stoplist', 'limits', 'fiscal', 'card', 'journal'],
  uplink: ['journal', 'enrolment', 'sale', 'stoplist', 'limits', 'fiscal'],
  sale: ['journal', 'fiscal', 'card', 'receipt', 'limits', 'stoplist', 'shift'],
  report: ['journal', 'receipt', 'sale'],
  shift: ['journal', 'fiscal'],
  enrolment: ['journal'],
  stoplist: ['journal'],
  limits: ['journal'],
  journal: [],
  fiscal: [],
  card: [],
  receipt: [],
};

/** The houses by folder. */
export const houses: Readonly<Record<string, Rooms>> = {
  packages,
  'apps/host/src': host,
  'apps/till/src': till,
};

/** What the rooms of a house share: single files at its root that any of them may import. */
export const sharedFiles: Readonly<Record<string, readonly string[]>> = {
  'apps/host/src': ['config.ts'],
  'apps/till/src': ['config.ts', 'in-turn.ts'],
};

/** The simulated world shares codecs, contracts, shapes and messages with what it tests, and no decision. */
export const unknownToSandbox = [
  'packages/rules/',
  'packages/journal/',
  'packages/lifecycle/',
  'apps/host/',
  'apps/till/',
];

/**
 * Whose a table of the host is: its owner alone writes (and locks) it; the readers read it. `views` may read every table, and
 * a room that is named nowhere (`api`, `cardholder-page`) reads through views and owners.
 */
export const tableRooms: Readonly<Record<string, { owner: string; readers: readonly string[] }>> = {
  migrations: { owner: 'store', readers: [] },
  tills: { owner: 'fleet', readers: ['intake', 'stoplist'] },
  till_outbox: { owner: 'fleet', readers: [] },
  intake: { owner: 'intake', readers: ['fleet', 'epoch'] },
  intake_folded: { owner: 'intake', readers: [] },
  intake_rejected: { owner: 'intake', readers: [] },
  intake_attachments: { owner: 'intake', readers: [] },
  quarantine: { owner: 'intake', readers: [] },
  till_balances: { owner: 'intake', readers: [] },
  reader_keys: { owner: 'intake', readers: [] },
  alarms: { owner: 'alarms', readers: [] },
  payments: { owner: 'payments', readers: ['recovery', 'fleet', 'epoch'] },
  attempts: { owner: 'payments', readers: ['epoch'] },
  card_taps: { owner: 'payments', readers: [] },
  payment_events: { owner: 'payments', readers: [] },
  payment_sums: { owner: 'payments', readers: [] },
  decisions: { owner: 'payments', readers: [] },
  trace_numbers: { owner: 'payments', readers: ['epoch'] },
  bank_states: { owner: 'routing', readers: [] },
  bank_troubles: { owner: 'routing', readers: [] },
  issuer_states: { owner: 'routing', readers: [] },
  debts: { owner: 'recovery', readers: [] },
  debt_sums: { owner: 'recovery', readers: [] },
  notices: { owner: 'notices', readers: [] },
  notice_messages: { owner: 'notices', readers: [] },
  stop_list_entries: { owner: 'stoplist', readers: [] },
  stop_list_versions: { owner: 'stoplist', readers: [] },
  store_epochs: { owner: 'epoch', readers: ['payments', 'intake', 'fleet', 'stoplist'] },
  store_doubts: { owner: 'epoch', readers: ['payments', 'intake', 'fleet', 'stoplist'] },
  store_joins: { owner: 'epoch', readers: [] },
  hosts: { owner: 'peers', readers: [] },
  bank_lines: { owner: 'lines', readers: [] },
  key_destructions: { owner: 'keys', readers: [] },
  store_keys: { owner: 'keys', readers: [] },
};
