import {
  type CardholderFacts,
  cardholderText,
  type Language,
  languages,
  type Renderer,
} from '@bivak/messages';

/** What the page shows of a debt; the renderer that shows it has the till's time zone and the present instant. */
export interface PageDebt extends CardholderFacts {
  shop: string;
  amountMinor: number;
  currency: string;
  maskedPan: string;
  place: string;
  soldAt: Date;
  lineItems: readonly { name: string; quantity: number; sumMinor: number }[];
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => escapes[letter]!);

/** The page of a debt: one column, the shop's name first, works without a script. */
export function debtPage(renderer: Renderer, debt: PageDebt): string {
  const { t, language } = renderer;
  const { state, last, action, refreshes } = cardholderText(debt, renderer);
  const money = (minor: number): string => escaped(renderer.money(minor, debt.currency));
  const items = debt.lineItems.map(
    ({ name, quantity, sumMinor }) =>
      `<li><span>${escaped(name)}&nbsp;×&nbsp;${quantity}</span><span class="sum">${money(sumMinor)}</span></li>`,
  );
  const facts = [
    [t('cardholder:where'), debt.place],
    [t('cardholder:when'), renderer.moment(debt.soldAt.getTime())],
    [t('cardholder:card'), `•• ${debt.maskedPan.slice(-4)}`],
  ].map(([name, value]) => `<dt>${escaped(name!)}</dt><dd>${escaped(value!)}</dd>`);
  const actionHtml =
    action === null
      ? ''
      : action.kind === 'try'
        ? `<form method="post" action="?lang=${language}"><button>${escaped(action.text)}</button></form>`
        : `<p>${escaped(action.text)}</p>`;
  const body = `
    <p class="shop">${escaped(debt.shop)}</p>
    <h1>${money(debt.amountMinor)}</h1>
    <p class="state" role="status" data-state="${debt.state}">${escaped(state)}</p>
    ${last === null ? '' : `<p class="last">${escaped(last)}</p>`}
    ${actionHtml}
    <h2>${escaped(t('cardholder:bought'))}</h2><ul>${items.join('')}</ul>
    <dl>${facts.join('')}</dl>`;
  return shell(language, t('cardholder:title'), body, refreshes);
}

/** The same for a forged, an expired and an unknown link: it tells a stranger nothing. */
export function unknownLinkPage({ t, language }: Renderer): string {
  const title = t('cardholder:unknown');
  const body = `<h1 class="words">${escaped(title)}</h1><p>${escaped(t('cardholder:unknownText'))}</p>`;
  return shell(language, title, body, false);
}

function shell(language: Language, title: string, body: string, refreshes: boolean): string {
  const others = languages
    .filter(({ code }) => code !== language)
    .map(({ code, ownName }) => `<a href="?lang=${code}" lang="${code}">${escaped(ownName)}</a>`);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
${refreshes ? `<meta http-equiv="refresh" content="2;url=?lang=${language}">` : ''}
<title>${escaped(title)}</title><style>${style}</style>
</head>
<body><main>${body}<p class="other">${others.join(' ')}</p></main></body>
</html>`;
}

export const style = `:root{color-scheme:light dark;--text:#1b1f24;--quiet:#57606a;--back:#fff;--line:#d8dee4;--accent:#0b6e4f;--on-accent:#fff}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--quiet:#9ba6b2;--back:#14181d;--line:#2d333b;--accent:#3fbf8f;--on-accent:#06251a}}
body{margin:0;background:var(--back);color:var(--text);font:18px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:24px 20px}
.shop{font-weight:600;margin:0}h1{font-size:44px;line-height:1.15;margin:8px 0 12px;font-variant-numeric:tabular-nums}h1.words{font-size:28px}
h2{font-size:18px;margin:32px 0 8px}.state{font-size:20px}.last{color:var(--quiet)}
button{width:100%;min-height:64px;border:0;border-radius:12px;background:var(--accent);color:var(--on-accent);font:inherit;font-size:22px;font-weight:600;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid var(--text);outline-offset:3px}
ul{list-style:none;margin:0;padding:0}li{display:flex;justify-content:space-between;gap:16px;padding:8px 0;border-bottom:1px solid var(--line)}
.sum{white-space:nowrap;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin:24px 0}dt{color:var(--quiet)}dd{margin:0}
a{color:inherit}.other{margin-top:32px}`;
