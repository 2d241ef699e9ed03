const locales = { ru: 'ru-RU', en: 'en-US' } as const;

/**
 * An amount as people read it: "1 249,00 ₽" (non-breaking spaces) in Russian, "₽1,249.00" in English. `currency` is
 * ISO 4217.
 */
export function formatMoney(language: 'ru' | 'en', amountMinor: number, currency: string): string {
  const options = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  const format = new Intl.NumberFormat(locales[language], options);
  // A yen has no minor unit, a dinar has thousandths.
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
