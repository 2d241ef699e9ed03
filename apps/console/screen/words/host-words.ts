import { formatMoney, type Language } from '@bivak/screen';

/** Whom the words are for. */
export interface Listener {
  language: Language;
  /** A bank's name as people know it; its id where it has none. */
  bankName: (bankId: string) => string;
  currency: string;
}

type Pair = readonly [ru: string, en: string];
const inLanguage = (language: Language, [ru, en]: Pair): string => (language === 'ru' ? ru : en);

/**
 * The host gives its reasons in plain English and keeps them so. The tables here say the same in Russian; a reason without a
 * row is shown as the host gives it.
 */
type Translation = readonly [english: RegExp, russian: (...parts: string[]) => string];

/** Why a message did not leave or was not answered. */
const reasons: readonly Translation[] = [
  [/^no answer in (\S+) s$/, (seconds) => `Нет ответа за ${seconds} с`],
  [/^not signed on with the bank$/, () => 'Банк не на связи'],
  [/^the connection was lost before the answer$/, () => 'Связь с банком оборвалась до ответа'],
  [/^no connection to the bank$/, () => 'Нет соединения с банком'],
  [/^there is no contract with this bank any more$/, () => 'Договора с этим банком больше нет'],
  [/^the message could not be built for this bank$/, () => 'Сообщение для этого банка не составить'],
  [/^it was held back before it left$/, () => 'Сообщение задержано до отправки'],
  [/^the same question is under way$/, () => 'Тот же запрос уже в пути'],
  [/^the answer did not fit the question$/, () => 'Ответ не подходит к запросу'],
  [
    /^the key serial number is none that a reader uses$/,
    () => 'Такого номера ключа у считывателей не бывает',
  ],
  [/^the encrypted card data is no hex$/, () => 'Зашифрованные данные карты записаны не по правилам'],
  [
    /^the encrypted card is another one than its reference names$/,
    () => 'Зашифрована другая карта, не та, что названа в продаже',
  ],
  [/^the encrypted card data is too short$/, () => 'Зашифрованные данные карты слишком короткие'],
  [
    /^the encrypted card data was changed, or another key sealed it$/,
    () => 'Зашифрованные данные карты изменены или зашифрованы другим ключом',
  ],
  [/^track 2 has to be /, () => 'Данные карты записаны не по правилам'],
];

const routeReasons: readonly Translation[] = [
  [
    /^issued the card itself: (\S+) %(, after the others because it fails lately)?$/,
    (percent, last) => `банк сам выпустил карту: ${comma(percent)} %${last === undefined ? '' : afterOthers}`,
  ],
  [
    /^(\S+) % of the sum(, after the others because it fails lately)?$/,
    (percent, last) => `${comma(percent)} % от суммы${last === undefined ? '' : afterOthers}`,
  ],
];
const afterOthers = ', после других, потому что недавно сбоил';
const comma = (percent: string | undefined): string => (percent ?? '').replace('.', ',');

/** What a bank's answer means, by the host's own words for it. */
const declines: Readonly<Record<string, string>> = {
  approved: 'одобрено',
  'refer to the issuer': 'обратиться к эмитенту',
  'refer to the issuer, special condition': 'обратиться к эмитенту, особое условие',
  'this merchant is not served by the bank': 'банк не обслуживает это предприятие',
  'capture the card': 'изъять карту',
  'do not honour': 'отказ без причины',
  'error at the bank': 'ошибка в банке',
  'capture the card, special condition': 'изъять карту, особое условие',
  'transaction not valid for this card': 'операция не для этой карты',
  'amount not valid': 'сумма не подходит',
  'no such card': 'такой карты нет',
  'no such issuer': 'такого эмитента нет',
  'enter the transaction again': 'банк просит повторить операцию',
  'suspected malfunction': 'похоже на сбой в банке',
  'the bank could not read the message': 'банк не прочитал сообщение',
  'function not supported by the bank': 'банк так не умеет',
  'lost card': 'карта потеряна',
  'stolen card': 'карта украдена',
  'account closed': 'счёт закрыт',
  'not enough money on the account': 'на счёте не хватает денег',
  'no checking account': 'нет расчётного счёта',
  'no savings account': 'нет сберегательного счёта',
  'expired card': 'срок карты закончился',
  'wrong PIN': 'неверный ПИН-код',
  'not permitted to this cardholder': 'держателю это запрещено',
  'not permitted to this terminal': 'этому терминалу это запрещено',
  'suspected fraud': 'подозрение на мошенничество',
  'over the card’s amount limit': 'превышен лимит карты',
  'restricted card': 'карта ограничена',
  'security violation': 'нарушение безопасности',
  'over the card’s number of uses': 'превышено число операций по карте',
  'the issuer answered the bank too late': 'эмитент ответил банку слишком поздно',
  'too many wrong PINs': 'слишком много неверных ПИН-кодов',
  'card not activated': 'карта не активирована',
  'card data not valid': 'данные карты неверны',
  'PIN cannot be checked': 'ПИН-код нельзя проверить',
  'the bank is closing its day': 'банк закрывает день',
  'the issuer cannot be reached': 'эмитент недоступен',
  'no way to the issuer': 'до эмитента нет пути',
  'forbidden by law': 'запрещено законом',
  'sent twice': 'отправлено дважды',
  'malfunction at the bank': 'сбой в банке',
};

/** Why an issuer or a bank said no. */
export function declineWords(language: Language, meaning: string): string {
  if (language === 'en') return meaning;
  return declines[meaning] ?? meaning.replace(/^declined with code (.+)$/, 'отказ с кодом $1');
}

/** Why a bank stands where it stands in the order. */
export const routeReason = (language: Language, reason: string): string =>
  translated(language, reason, routeReasons);

/** Why a message did not leave, or was not answered. */
export const reasonWords = (language: Language, reason: string): string =>
  translated(language, reason, reasons);

const alarms: readonly Translation[] = [
  [/^line (\d+) (.+)$/, (line) => `строка ${line} не читается`],
  [/^entry after (\d+): malformed$/, (seq) => `запись после ${seq} не читается`],
  [/^entry after (\d+): wrong-till$/, (seq) => `запись после ${seq} от другой кассы`],
  [/^entry after (\d+): bad-signature$/, (seq) => `у записи после ${seq} неверная подпись`],
  [/^entry after (\d+): gap$/, (seq) => `после записи ${seq} пропуск`],
  [/^entry after (\d+): repeated$/, (seq) => `запись после ${seq} повторяет прежнюю`],
  [/^entry after (\d+): broken-chain$/, (seq) => `после записи ${seq} цепочка прервана`],
  [/^entry after (\d+): changed$/, (seq) => `запись после ${seq} изменена`],
  [
    /^entry (\d+) cannot become a payment: /,
    (seq) => `запись ${seq} не может стать платежом: разберите с поддержкой`,
  ],
  [/^its clock is (\d+) minutes fast$/, (minutes) => `часы кассы спешат на ${minutes} мин`],
  [/^its clock is (\d+) minutes slow$/, (minutes) => `часы кассы отстают на ${minutes} мин`],
  [/^entry after (\d+): unreadable$/, (seq) => `запись после ${seq} не читается`],
];

/** Why a till's journal was refused. */
export const alarmWords = (language: Language, what: string): string => translated(language, what, alarms);

function translated(language: Language, text: string, table: readonly Translation[]): string {
  if (language === 'en') return text;
  for (const [english, russian] of table) {
    const found = english.exec(text);
    if (found !== null) return russian(...found.slice(1));
  }
  return text;
}

const checkNames: Readonly<Record<string, Pair>> = {
  'stop-list': ['Стоп-лист', 'Stop-list'],
  'stop-list age': ['Возраст стоп-листа', 'Age of the stop-list'],
  expiry: ['Срок карты', 'Expiry'],
  'offline permitted': ['Карта допускает офлайн', 'Offline permitted'],
  'sum of the sale': ['Сумма продажи', 'Sum of the sale'],
  'sum on the card': ['Сумма по карте', 'Sum on the card'],
  'sales on the card': ['Продаж по карте', 'Sales on the card'],
  'sum on the till': ['Сумма на кассе', 'Sum on the till'],
  'sales on the till': ['Продаж на кассе', 'Sales on the till'],
  clock: ['Часы кассы', 'The till’s clock'],
};

const checkDetails: readonly Translation[] = [
  [/^the card is listed$/, () => 'карта в списке'],
  [/^the card is not listed$/, () => 'карты в списке нет'],
  [/^never had one, at most (\d+) h$/, (most) => `ещё не получен, не старше ${most} ч`],
  [/^(\d+) h old, at most (\d+) h$/, (age, most) => `${age} ч, не больше ${most} ч`],
  [/^good through (\d{4})-(\d\d)$/, (year, month) => `по ${month}.${year}`],
  [/^service code (\d+)$/, (code) => `сервисный код ${code}`],
  [
    /^(-?\d+) s behind the journal, at most (\d+) s$/,
    (s, most) => `отстают от журнала на ${s} с, не больше ${most} с`,
  ],
  [/^(.+) of at most (.+)$/, (value, most) => `${value} из ${most}`],
];

/** One check of the till: its name and what it found, sums written as sums. */
export function checkWords(
  listener: Listener,
  check: { name: string; detail: string },
): { name: string; found: string } {
  const { language, currency } = listener;
  const name = checkNames[check.name];
  const detail = check.name.startsWith('sum ')
    ? check.detail.replaceAll(/\d+/g, (minor) => formatMoney(language, Number(minor), currency))
    : check.detail;
  return {
    name: name === undefined ? check.name : inLanguage(language, name),
    found: translated(language, detail, checkDetails),
  };
}
