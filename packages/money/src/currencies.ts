/** A currency of ISO 4217. */
export interface Currency {
  /** Three digits, as messages of banks name it. */
  number: string;
  /** Digits of the minor unit: a sum of 1 in the currency is 10 to this power of minor units. */
  exponent: 0 | 2 | 3;
}

const row = (number: string, exponent: Currency['exponent'] = 2): Currency => ({ number, exponent });

/** ISO 4217, list one (amendment 179), the currencies in which a contract with a bank may be: by their letters. */
export const currencies: Readonly<Record<string, Currency>> = {
  AED: row('784'),
  AMD: row('051'),
  AUD: row('036'),
  AZN: row('944'),
  BHD: row('048', 3),
  BYN: row('933'),
  CAD: row('124'),
  CHF: row('756'),
  CLP: row('152', 0),
  CNY: row('156'),
  CZK: row('203'),
  DKK: row('208'),
  EUR: row('978'),
  GBP: row('826'),
  GEL: row('981'),
  HKD: row('344'),
  HUF: row('348'),
  ILS: row('376'),
  INR: row('356'),
  ISK: row('352', 0),
  JOD: row('400', 3),
  JPY: row('392', 0),
  KGS: row('417'),
  KRW: row('410', 0),
  KWD: row('414', 3),
  KZT: row('398'),
  MDL: row('498'),
  MNT: row('496'),
  NOK: row('578'),
  OMR: row('512', 3),
  PLN: row('985'),
  RSD: row('941'),
  RUB: row('643'),
  SEK: row('752'),
  SGD: row('702'),
  THB: row('764'),
  TJS: row('972'),
  TMT: row('934'),
  TND: row('788', 3),
  TRY: row('949'),
  UAH: row('980'),
  USD: row('840'),
  UZS: row('860'),
  VND: row('704', 0),
};

/** A currency by its letters; undefined if it is not listed. */
export const currencyOf = (letters: string): Currency | undefined =>
  Object.hasOwn(currencies, letters) ? currencies[letters] : undefined;

/** A sum as a person writes it ("12", "12.50", "12,50"), in minor units; null if it is none in this currency. */
export function minorOfText(text: string, letters: string): number | null {
  const exponent = currencyOf(letters)?.exponent;
  const [, whole, fraction = ''] = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text) ?? [];
  if (exponent === undefined || whole === undefined) return null;
  if (fraction !== '' && fraction.length !== exponent) return null;
  return Number(whole + fraction.padEnd(exponent, '0'));
}
