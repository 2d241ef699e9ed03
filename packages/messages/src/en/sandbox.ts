/** What the sandbox itself says in the terminal, around the scenario, in English. */
export const sandbox = {
  starting:
    'Starting the sandbox: banks, issuers, SMS centre, drives, fiscal operator, readers, radio, host, tills, console …',
  notBuilt: '{{cause}} The APIs run all the same; "npm run build" says more.',
  panelNotBuilt:
    'The panel is not built: run "npm run build" and start again. The API is described at /openapi.json.',
  ending: 'Ending every process …',
  stillEnding: 'Still ending: {{names}} …',
  stillEndingDatabase: 'Still ending: the database …',
  silent: '{{name}} has not answered for {{lasting}} since its start. Its log: {{logFile}}',
  staysUp: 'Everything stays up; it is yours now. Ctrl-C ends it.',
  removed: 'What earlier starts had kept is removed.',
  endedLeftovers: 'Ended what an earlier start had left running: {{names}}.',
  died: '{{name}} ended unexpectedly ({{how}}); starting it again in {{againInMs}} ms. Its log: {{logFile}}',
  returned: '{{name}} is up again.',
  /** Before each address; the terminal pads them, so that the addresses stand below one another. */
  addresses: {
    panel: 'Sandbox panel',
    panelHas: '(links, banks, cards, time, SMS)',
    till: 'Till',
    console: 'Console',
    host: 'Host API',
    data: 'Data and logs',
  },
  /** What the user can put right, and how. */
  notPossible: {
    'folder-in-use':
      'Another sandbox runs on {{folder}} (process {{process}}): end it first, or give another --data-dir.',
    'reset-while-running':
      'A sandbox runs on {{folder}} (process {{process}}): end it before it is begun anew.',
    'holds-other-things':
      '{{folder}} holds other things: give an empty folder, or one that is not there yet.',
  },
  recordingPlays: 'The tills’ links play the recording.',
  brokeOff: 'The scenario broke off: {{why}}',
  waitedInVain: 'The scenario broke off, because it waited in vain for this: {{wait}}.',
  notTrue: 'Not true: {{claim}}',
  whyNotPlayed: {
    held: 'The scenario has been played in this world',
    failed: 'The scenario has been played in this world, and not all of it held',
    interrupted: 'The scenario was interrupted',
    playing: 'The scenario was interrupted',
    'not-played': 'This world has been in use without the scenario',
  },
  beginAnew: '"npm start -- --reset" begins anew and plays it from its beginning.',
} as const;
