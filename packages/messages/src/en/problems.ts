import type { FiscalRefusal, ProblemCode, StorageFault } from '@bivak/domain';

interface ProblemText {
  title: string;
  /** What is wrong, where, and what to do about it. */
  detail: string;
  /** The same if less or more is known. */
  [variant: `detail${string}`]: string;
}

/** The errors of every API, in English. */
export const problems = {
  problem: {
    'invalid-request': {
      title: 'The request is not valid',
      detail: 'The request does not have the form that this address takes: {{errors}}.',
    },
    'no-http': {
      title: 'No HTTP request',
      detail: 'What came is no HTTP request that can be read ({{parserCode}}).',
    },
    'headers-too-large': {
      title: 'The headers are too large',
      detail: 'The headers of a request may have 16 KiB.',
    },
    'too-slow': {
      title: 'The request came too slowly',
      detail: 'The request did not arrive whole in time; send it again.',
    },
    'no-such-address': {
      title: 'There is no such address',
      detail: 'There is nothing for {{method}} {{path}}; the API’s description lists every address.',
    },
    'internal-error': {
      title: 'An unexpected error',
      detail: 'An unexpected error; the log of this process has its cause.',
    },
    'bad-cursor': {
      title: 'The cursor is not valid',
      detail: 'The cursor is not one that this list gave; begin at the list’s start.',
    },
    'foreign-page': {
      title: 'Not for other sites',
      detail: 'This address answers only to its own screen, and a till also to programs on its machine.',
    },
    'no-such-sale': {
      title: 'There is no such sale',
      detail: 'This till made no sale {{saleId}}; look for it under Sales.',
    },
    'no-receipt': {
      title: 'The sale has no receipt',
      detail: 'Sale {{saleId}} was not accepted: it has no receipt.',
    },
    'unknown-sku': {
      title: 'There is no such product',
      detail: 'items[{{index}}]: the catalogue has no product with sku “{{sku}}”; take it out.',
    },
    'bad-quantity': {
      title: 'The quantity is not valid',
      detail: 'items[{{index}}]: a quantity is 1 to {{maxQuantity}} whole pieces.',
    },
    'bad-sale-key': {
      title: 'The sale key is not valid',
      detail: 'saleKey: it holds a control character or half a character; take letters and digits.',
    },
    'sale-too-long': {
      title: 'The sale does not fit one receipt',
      detail: 'items: {{lineItems}} items with such names do not fit one receipt; split the sale.',
    },
    'sum-overflow': {
      title: 'The sum is too large',
      detail: 'A sale may come to {{max}} at most; split the sale.',
    },
    'sale-key-reused': {
      title: 'The sale key is taken',
      detail:
        'saleKey “{{saleKey}}” belongs to sale {{saleId}} with other contents; take a new key for a new sale.',
      detailUnderWay:
        'saleKey “{{saleKey}}” belongs to a sale under way with other contents; take a new key for a new sale.',
    },
    'sale-outcome-unknown': {
      title: 'The outcome of the sale is not known yet',
      detail:
        'The fiscal drive went silent while it signed sale {{saleId}}. Check its cable; the till finds out what became of the sale as soon as it can. Repeat this request with the same saleKey, or read the sale.',
      detailStorage:
        'Sale {{saleId}} has no end yet, since {{fault}}. Mend that; the till finds out what became of the sale as soon as it can. Repeat this request with the same saleKey, or read the sale.',
    },
    'data-not-written': {
      title: 'The till cannot write its data',
      detail: 'Nothing was done, since {{fault}}. Mend that, then repeat this request.',
    },
    'till-data-old': {
      title: 'The till’s data was rolled back',
      detail:
        'This till’s data was put back to an older state: the host has later sales of it. Sell at another till and call support; the newer data, if it is still there, has to come back.',
    },
    'shift-not-open': {
      title: 'No shift is open',
      detail: 'No shift is open; the next sale opens one.',
    },
    'shift-not-closed': {
      title: 'The shift is not closed',
      detail: 'The shift is not closed, since {{fault}}. Mend that, then repeat this request.',
    },
    'fiscal-drive-silent': {
      title: 'The fiscal drive does not answer',
      detail: 'The fiscal drive does not answer; nothing was signed. Check its cable, then try again.',
    },
    'fiscal-drive-refused': {
      title: 'The fiscal drive refuses',
      detail: 'The fiscal drive refuses: {{refusal}}. Call support.',
      detailUnknown: 'The fiscal drive refuses. Call support.',
    },
    'printer-failed': {
      title: 'The printer does not print',
      detail:
        'The printer does not print ({{errorCode}}). Look at its paper and cable, then print once more.',
    },
    'store-not-available': {
      title: 'The database does not answer',
      detail:
        'The host’s database does not answer now or has no room left. Try again; the host’s log has the cause.',
    },
    'unknown-payment': {
      title: 'There is no such payment',
      detail: 'There is no payment {{paymentId}} here (yet): its till may not have shipped it.',
    },
    'store-in-doubt': {
      title: 'The store is in doubt',
      detail:
        'Nobody knows whether the host’s store is as new as the world. Nothing is taken or sent until a person has decided (bivak host decide-store).',
    },
    'store-not-in-doubt': {
      title: 'Nothing is to be decided',
      detail: 'The store is not in doubt.',
    },
    'store-epoch-changed': {
      title: 'The store has another epoch',
      detail:
        'The store was put back from an older copy and goes on as epoch {{epoch}}. It has the journal up to entry {{acknowledgedSeq}}; send on from there.',
    },
    'banks-missing': {
      title: 'Day files are missing',
      detail: 'A payment may have been debited at any bank: the day files of {{banks}} are missing.',
    },
    'books-too-early': {
      title: 'The day files end too early',
      detail: 'The day files have to hold everything up to {{notBefore}}, when the store’s new epoch began.',
    },
    'unknown-attempt': {
      title: 'There is no such attempt',
      detail: 'Payment {{paymentId}} has no attempt {{attempt}}.',
    },
    'decision-not-offered': {
      title: 'This cannot be decided now',
      detail: 'About attempt {{attempt}} of payment {{paymentId}} can be decided: {{offered}}.',
      detailNone: 'Attempt {{attempt}} of payment {{paymentId}} needs no decision.',
    },
    'end-decision-not-offered': {
      title: 'This cannot be decided now',
      detail: 'About the end of sale {{paymentId}} can be decided: {{offered}}.',
      detailNone: 'The end of sale {{paymentId}} needs no decision.',
    },
    'unknown-entry': {
      title: 'There is no such entry',
      detail: 'No entry {{seq}} of till {{tillId}} is quarantined.',
    },
    'entry-decision-not-offered': {
      title: 'This cannot be decided now',
      detail: 'About entry {{seq}} of till {{tillId}} can be decided: {{offered}}.',
      detailNone: 'Entry {{seq}} of till {{tillId}} needs no decision.',
    },
    'unknown-debt': {
      title: 'There is no such debt',
      detail: 'Payment {{paymentId}} has no debt at this host.',
    },
    'debt-decision-not-offered': {
      title: 'This cannot be decided now',
      detail: 'About the debt of payment {{paymentId}} can be decided: {{offered}}.',
      detailNone: 'The debt of payment {{paymentId}} needs no decision.',
    },
    'unknown-alarm': {
      title: 'There is no such alarm',
      detail: 'There is no alarm {{alarmId}} here; read the list of alarms again.',
    },
    'alarm-ended': {
      title: 'The alarm is over',
      detail: 'Alarm {{alarmId}} has ended already: there is nothing to acknowledge.',
    },
    'unknown-till': {
      title: 'There is no such till',
      detail: 'There is no till {{tillId}} here; ask the operator to add it.',
      detailKnown: 'There is no till {{tillId}} here; there are {{known}}.',
    },
    'wrong-code': {
      title: 'The enrolment code is wrong',
      detail: 'The enrolment code is another one; ask the operator for it.',
    },
    'too-many-attempts': {
      title: 'Too many wrong enrolment codes',
      detail: 'Wrong enrolment codes were tried. The next attempt is possible in {{lasting}}.',
    },
    'enrolled-with-another-key': {
      title: 'The till is enrolled already',
      detail: 'This till is enrolled with another key; ask the operator for a new code.',
    },
    'bad-key': {
      title: 'The public key is not valid',
      detail: 'publicKey has to be an Ed25519 key: SPKI, base64.',
    },
    'not-authenticated': {
      title: 'Not signed by the till',
      detail:
        'The request is not signed with this till’s key in its name. Enrol first; then sign each request.',
    },
    'clock-off': {
      title: 'The till’s clock is off',
      detail:
        'The request is too old, or the till’s clock is off: it is {{hostNow}} at the host. Set the clock; the journal is taken all the same.',
    },
    'wrong-media-type': {
      title: 'The media type is wrong',
      detail: 'A batch is application/x-ndjson, one entry a line.',
    },
    'journal-refused': {
      title: 'The journal is not taken',
      detail:
        'Entry {{refusedSeq}} is not taken ({{fault}}). The entries up to {{acknowledgedSeq}} are kept; this one is quarantined.',
    },
    'batch-too-long': {
      title: 'The batch is too long',
      detail:
        'A batch has at most {{maxBytes}} bytes. Its entries within them are kept; send on after entry {{acknowledgedSeq}}.',
    },
    'host-unreachable': {
      title: 'The host does not answer',
      detail: 'The payment host does not answer; the console tries again by itself.',
    },
    'not-found': { title: 'There is nothing here', detail: 'There is nothing at this address.' },
    'unknown-card': {
      title: 'There is no such card',
      detail: 'There is no card “{{card}}” in the wallet.',
      detailKnown: 'There is no card “{{card}}” in the wallet; there are {{known}}.',
    },
    'unknown-bank': {
      title: 'There is no such bank',
      detail: 'There is no bank “{{bankId}}”; there are {{known}}.',
    },
    'unknown-process': {
      title: 'There is no such process',
      detail: 'There is no process “{{process}}”; there are {{known}}.',
    },
    'process-not-running': {
      title: 'The process is not running',
      detail: '{{process}} does not answer: start it in the list of processes.',
    },
    'process-does-not-start': {
      title: 'The process does not start',
      detail: '{{process}} could not be started: its log says why.',
    },
    'unexpected-answer': {
      title: 'An unexpected answer',
      detail: '{{process}} answered {{method}} {{path}} in an unknown form; its log may say why.',
    },
    'clock-cannot-go-back': {
      title: 'The clock only goes ahead',
      detail: 'The clock only goes ahead; it is {{now}}.',
    },
    'clock-too-far': {
      title: 'The clock ends there',
      detail: 'The sandbox’s clock ends with the year 2099.',
    },
  } as const satisfies Record<ProblemCode, ProblemText>,
  fieldError: '{{where}}: {{what}}',
  storageFault: {
    'in-use': 'another process uses the till’s data',
    'read-only': 'the till’s data may only be read',
    'disk-failed': 'the till’s disk has failed',
    'disk-full': 'the till’s disk is full',
    'not-openable': 'the till’s data cannot be opened',
  } as const satisfies Record<StorageFault, string>,
  fiscalRefusal: {
    'unknown-command': 'it does not know the command',
    'wrong-state': 'it is in another state than the command needs',
    'drive-error': 'it has failed',
    'crypto-error': 'its cryptographic part has failed',
    'drive-expired': 'its term of use is over',
    'archive-full': 'its archive is full',
    'wrong-date-time': 'the date or time is wrong',
    'no-such-data': 'it has no such data',
    'bad-parameters': 'it does not accept the parameters',
    'document-too-large': 'the document is too large',
    'no-operator-connection': 'there is no connection to the fiscal data operator',
    'crypto-exhausted': 'its cryptographic part is used up',
    'unsent-storage-full': 'its storage of unsent documents is full',
    'not-confirmed-30-days': 'the fiscal data operator has not confirmed a document for 30 days',
    'shift-over-24h': 'the shift has been open for over 24 hours',
    'clock-drift': 'its clock and the till’s differ too much',
    'operator-message-refused': 'it does not accept the fiscal data operator’s message',
    'shift-already-open': 'a shift is open already',
    'shift-not-open': 'no shift is open',
    'registered-for-another': 'it is registered for another till',
    'bad-registration': 'its registration is not valid',
    other: 'for a reason without a name',
  } as const satisfies Record<FiscalRefusal, string>,
} as const;
