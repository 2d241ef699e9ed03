import type { Language } from '@bivak/contracts';
import { formatMoney } from '@bivak/money';
import { aheadWords, fillWords, momentWords } from '@bivak/words';

/** What the page shows of a debt. */
export interface PageDebt {
  shop: string;
  state: 'open' | 'attempting' | 'recovered' | 'stop-listed' | 'paid-after-listing';
  /** Whether the card may be tried now; where it may not, from when (null: with this card never). */
  mayTry: { allowed: true } | { allowed: false; from: Date | null };
  amountMinor: number;
  currency: string;
  maskedPan: string;
  place: string;
  soldAt: Date;
  nextAttemptAt: Date | null;
  windowEndsAt: Date;
  lines: readonly { name: string; quantity: number; sumMinor: number }[];
  timeZone: string;
  now: Date;
}

const words = {
  ru: {
    title: 'Оплата покупки',
    bought: 'Что куплено',
    where: 'Где',
    when: 'Когда',
    card: 'Карта',
    sum: 'Сумма',
    open: 'Банк не провёл оплату. Мы попробуем ещё раз: {next}.',
    'open-last': 'Банк не провёл оплату. Оплатить можно до срока: {end}.',
    'open-final': 'Банк не провёл оплату.',
    attempting: 'Спрашиваем ваш банк… Страница обновится сама.',
    'stop-listed':
      'Покупка не оплачена, поэтому эту карту у нас пока не примут. После оплаты ограничение снимется само.',
    'listed-final': 'Покупка не оплачена, поэтому эту карту у нас пока не примут.',
    recovered: 'Покупка оплачена. Спасибо!',
    'paid-after-listing': 'Покупка оплачена, карту снова примут. Спасибо!',
    try: 'Попробовать сейчас',
    later: 'Банк просит подождать. Оплатить самому можно будет позже: {from}.',
    final: 'Этой картой оплатить покупку не получится: обратитесь, пожалуйста, в свой банк.',
    other: 'English',
    unknown: 'Эта ссылка больше не работает',
    unknownText: 'Возможно, её срок истёк. Новая ссылка придёт в следующем сообщении.',
  },
  en: {
    title: 'Payment for your purchase',
    bought: 'What was bought',
    where: 'Where',
    when: 'When',
    card: 'Card',
    sum: 'Sum',
    open: 'Your bank did not approve the payment. We will try again: {next}.',
    'open-last': 'Your bank did not approve the payment. You can pay until {end}.',
    'open-final': 'Your bank did not approve the payment.',
    attempting: 'Asking your bank… This page refreshes by itself.',
    'stop-listed':
      'The purchase is unpaid, so we cannot take this card for now. Once it is paid the card is welcome again.',
    'listed-final': 'The purchase is unpaid, so we cannot take this card for now.',
    recovered: 'The purchase is paid. Thank you!',
    'paid-after-listing': 'The purchase is paid, and the card is welcome again. Thank you!',
    try: 'Try now',
    later: 'The bank asks to wait. You can pay by yourself later: {from}.',
    final: 'It cannot be paid with this card: please ask your bank.',
    other: 'Русский',
    unknown: 'This link does not work any more',
    unknownText: 'It may have expired. The next message brings a new one.',
  },
} as const;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => escapes[letter]!);

/** The page of a debt: one column, the shop's name first, works without a script. */
export function debtPage(language: Language, debt: PageDebt): string {
  const say = words[language];
  const money = (minor: number): string => escaped(formatMoney(language, minor, debt.currency));
  const lines = debt.lines.map(
    ({ name, quantity, sumMinor }) =>
      `<li><span>${escaped(name)}&nbsp;×&nbsp;${quantity}</span><span class="sum">${money(sumMinor)}</span></li>`,
  );
  const facts = [
    [say.where, debt.place],
    [say.when, momentWords(language, debt.soldAt, debt.timeZone)],
    [say.card, `•• ${debt.maskedPan.slice(-4)}`],
  ].map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value!)}</dd>`);
  const body = `
    <p class="shop">${escaped(debt.shop)}</p>
    <h1>${money(debt.amountMinor)}</h1>
    <p class="state" role="status" data-state="${debt.state}">${escaped(stateWords(language, debt))}</p>
    ${action(language, debt)}
    <h2>${say.bought}</h2><ul>${lines.join('')}</ul>
    <dl>${facts.join('')}</dl>`;
  return shell(language, say.title, body, debt.state === 'attempting');
}

const isFinal = ({ mayTry }: PageDebt): boolean => !mayTry.allowed && mayTry.from === null;

function stateWords(language: Language, debt: PageDebt): string {
  const say = words[language];
  if (debt.state === 'stop-listed' && isFinal(debt)) return say['listed-final'];
  if (debt.state !== 'open') return say[debt.state];
  if (isFinal(debt)) return say['open-final'];
  const ahead = (at: Date): string => aheadWords(language, at, debt.timeZone, debt.now.getTime());
  if (debt.nextAttemptAt === null) return fillWords(say['open-last'], { end: ahead(debt.windowEndsAt) });
  return fillWords(say.open, { next: ahead(debt.nextAttemptAt) });
}

function action(language: Language, debt: PageDebt): string {
  const say = words[language];
  const { mayTry, now, timeZone } = debt;
  if (debt.state !== 'open' && debt.state !== 'stop-listed') return '';
  if (mayTry.allowed)
    return `<form method="post" action="?lang=${language}"><button>${say.try}</button></form>`;
  if (mayTry.from === null) return `<p>${say.final}</p>`;
  const from = aheadWords(language, mayTry.from, timeZone, now.getTime());
  return `<p>${escaped(fillWords(say.later, { from }))}</p>`;
}

/** The same for a forged, an expired and an unknown link: it tells a stranger nothing. */
export function unknownLinkPage(language: Language): string {
  const say = words[language];
  return shell(
    language,
    say.unknown,
    `<h1 class="words">${say.unknown}</h1><p>${say.unknownText}</p>`,
    false,
  );
}

function shell(language: Language, title: string, body: string, refreshes: boolean): string {
  const other = language === 'ru' ? 'en' : 'ru';
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
${refreshes ? `<meta http-equiv="refresh" content="2;url=?lang=${language}">` : ''}
<title>${title}</title><style>${style}</style>
</head>
<body><main>${body}<p class="other"><a href="?lang=${other}" lang="${other}">${words[language].other}</a></p></main></body>
</html>`;
}

export const style = `:root{color-scheme:light dark;--text:#1b1f24;--quiet:#57606a;--back:#fff;--line:#d8dee4;--accent:#0b6e4f;--on-accent:#fff}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--quiet:#9ba6b2;--back:#14181d;--line:#2d333b;--accent:#3fbf8f;--on-accent:#06251a}}
body{margin:0;background:var(--back);color:var(--text);font:18px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:24px 20px}
.shop{font-weight:600;margin:0}h1{font-size:44px;line-height:1.15;margin:8px 0 12px;font-variant-numeric:tabular-nums}h1.words{font-size:28px}
h2{font-size:18px;margin:32px 0 8px}.state{font-size:20px}
button{width:100%;min-height:64px;border:0;border-radius:12px;background:var(--accent);color:var(--on-accent);font:inherit;font-size:22px;font-weight:600;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid var(--text);outline-offset:3px}
ul{list-style:none;margin:0;padding:0}li{display:flex;justify-content:space-between;gap:16px;padding:8px 0;border-bottom:1px solid var(--line)}
.sum{white-space:nowrap;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin:24px 0}dt{color:var(--quiet)}dd{margin:0}
a{color:inherit}.other{margin-top:32px}`;
