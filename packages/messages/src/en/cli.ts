/** The command line, in English. */
export const cli = {
  about: 'Card payments where there is no network, and every one of them collected when it returns',
  examples: 'Examples:',
  example: {
    once: 'plays the scenario and prints its figures',
    host: 'one host, as in production',
    acknowledge: 'says to a host that Anna has seen an alarm',
    frame: 'a frame of the fiscal drive',
  },
  ends: 'Ends with 0, with 1 if it failed or could not read what it was given, with 2 if the command line is wrong.',
  start: 'the sandbox with everything in it, as npm start: plays the scenario, then stays up',
  process: {
    till: 'one till, by its config file',
    host: 'one host, by its config file',
    console: 'one console, by its config file',
  },
  option: {
    config: 'its settings as JSON; what is wrong in them is said',
    once: 'play the scenario in a world of its own, print its figures as one line of JSON, and exit',
    reset: 'begin anew: remove what earlier starts have kept',
    noScenario: 'start everything and play nothing',
    link: 'play a recorded radio link: [{duration_ms, bandwidth_kbps, latency_ms}]',
    lang: 'the language of the scenario',
    dataDir: 'keep everything there (default: .bivak/sandbox in the project)',
    kill: 'pull the plug (kill -9) in the middle of the scenario',
    portBase: 'try ports from here upwards',
    banks: 'what the simulated banks make of what they are asked',
    seed: 'the seed of the banks’ chances: the same seed, the same ways',
  },
  fault: {
    port: 'It has to be a number from 1024 to 60000.',
    seed: 'It has to be a whole number.',
    noFile: 'there is no file {{file}}',
    notReadable: '{{file}} cannot be read ({{code}})',
    notJson: '{{file}} is not JSON: {{cause}}',
    /** Of a file that is no recorded link. */
    noRecording: 'a recorded link is a JSON list of {duration_ms, bandwidth_kbps, latency_ms}; {{cause}}',
    noLink: 'there is no moment with a link in it: nothing could ever arrive',
    notStarted: '{{process}} could not be started: {{cause}}',
    notHex: '“{{input}}” is neither a file nor an even number of hex digits',
    folder: '{{file}} is a folder',
    tooLarge: '{{file}} is larger than {{maxBytes}} bytes',
    empty: '{{file}} is empty',
    at: 'byte {{offset}}: {{cause}}',
  },
  acknowledge: {
    about: 'say to a host that somebody has seen an alarm of one of its tills',
    alarm: 'the alarm’s id, as the host’s list of alarms gives it',
    by: 'the name of the person who has seen it',
    host: 'the host’s address',
    done: '{{by}} has seen alarm {{alarm}}: recorded.',
    badName: 'A name has 1 to 60 characters in one line.',
    badHost: '{{host}} is no address; write it as http://127.0.0.1:8710.',
    noAnswer: '{{host}} does not answer; nothing is recorded.',
    unexpected: '{{host}} answered with status {{status}}; look into its log.',
  },
  decide: {
    about:
      'record what a person has decided about an attempt, by what the bank’s books say; or about the debt of a payment',
    payment: 'the payment’s id',
    attempt: 'the number of the attempt; without one it is decided about the payment’s debt',
    notOfAttempt: 'About an attempt can be decided: {{decisions}}.',
    notOfDebt: 'About a debt can be decided: {{decisions}}.',
    doneDebt: '{{by}} decided about the debt of payment {{payment}}: {{decision}}. Recorded.',
    decision:
      'one of: {{decisions}}; which are possible stands in the console and in the payment at the host',
    by: 'the name of the person who decides',
    why: 'what the decision rests on, for example the line of the bank’s day file',
    done: '{{by}} decided about attempt {{attempt}} of payment {{payment}}: {{decision}}. Recorded.',
    badWords: 'A name has 1 to 60 characters, a reason 1 to 500, each in one line.',
  },
  decideSale: {
    about:
      'record what a person has decided about a sale that was approved online and whose till never said how it ended',
    done: '{{by}} decided about sale {{payment}}: {{decision}}. Recorded.',
  },
  decideEntry: {
    about: 'record what a person has decided about an entry of a journal that did not become a payment',
    till: 'the till that wrote it',
    entry: 'its number in the till’s journal',
    done: '{{by}} decided about entry {{entry}} of till {{till}}: {{decision}}. Recorded.',
  },
  /** The command that makes the host's key file. */
  keys: {
    usage: 'Say: --create FILE --passphrase-file FILE --keys FILE',
    badKeys:
      '{{file}} has to hold baseDerivationKey (32 hex digits) and cardReferenceKey (64 hex digits) and nothing else.',
    done: '{{file}} was made. Remove {{keys}} now.',
  },
  'decide-store': {
    about: 'record what a person has decided about a store that may be older than the world',
    decision:
      'restored: it was put back from an older copy, and goes on as a new epoch; nothing-lost: what raised the doubt is wrong',
    done_one: '{{by}} decided: {{decision}}. The store is in epoch {{epoch}}; {{count}} payment is held.',
    done_other: '{{by}} decided: {{decision}}. The store is in epoch {{epoch}}; {{count}} payments are held.',
  },
  'read-books': {
    about:
      'let payments go on that are held since the store was put back, by what the banks’ day files say was debited',
    file: 'a bank’s id and its day file, one JSON object a line: kind, reference, amountMinor, stan, rrn; one for each bank',
    until:
      'up to when the day files are whole, for example 2026-11-25T12:00:00Z; not before the new epoch began',
    badLine: '{{file}}, line {{line}}, is no line of a day file',
    done_one: '{{count}} payment goes on.',
    done_other: '{{count}} payments go on.',
    unclear_one: 'For {{count}} payment the books give no clear answer; it stays held: {{payments}}',
    unclear_other: 'For {{count}} payments the books give no clear answer; they stay held: {{payments}}',
  },
  'nothing-debited': {
    about:
      'let payments go on that are held since the store was put back: nothing but what the store knows was debited for them',
    payments: 'the payments’ ids',
    all: 'all that are held',
    which: 'Say which payments, or --all.',
  },
  inspect: {
    about: 'print what bytes from a capture hold, as JSON: hex digits, a file, or "-" for standard input',
    iso8583: 'an ISO 8583 message of a bank profile; card numbers are masked',
    profile: 'whose messages they are: {{profiles}}',
    message: 'the message, with or without its length header',
    ffd: 'a fiscal document, a container, a message to the operator, or a list of tags (TLV)',
    fn: 'frames of the fiscal drive’s protocol',
    stopList: 'a signed stop-list message',
    standardInput: 'standard input',
  },
} as const;
