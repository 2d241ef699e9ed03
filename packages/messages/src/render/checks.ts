import type { Check, CheckName } from '@bivak/domain';
import type { Renderer } from './renderer.ts';

/** A check's name, and what was found against what is allowed. */
export interface CheckText {
  name: string;
  found: string;
}

type Found = { [Name in CheckName]: (check: Extract<Check, { name: Name }>, renderer: Renderer) => string };
type OfMoney = { valueMinor: number; limitMinor: number };
type OfCount = { valueCount: number; limitCount: number };

const ofMoney = ({ valueMinor, limitMinor }: OfMoney, { t, money }: Renderer): string =>
  t('checkFound.of-at-most', { value: money(valueMinor), limit: money(limitMinor) });
const ofCount = ({ valueCount, limitCount }: OfCount, { t }: Renderer): string =>
  t('checkFound.of-at-most', { value: valueCount, limit: limitCount });

const found: Found = {
  'stop-list': ({ isListed }, { t }) => t(isListed ? 'checkFound.listed' : 'checkFound.not-listed'),
  'stop-list-age': ({ valueMs, limitMs }, { t, duration }) =>
    valueMs === null
      ? t('checkFound.no-list', { limit: duration(limitMs) })
      : t('checkFound.age', { value: duration(valueMs), limit: duration(limitMs) }),
  expiry: ({ expiry }, { t }) =>
    t('checkFound.good-through', { month: expiry.slice(2), year: `20${expiry.slice(0, 2)}` }),
  'offline-permitted': ({ serviceCode }, { t }) => t('checkFound.service-code', { code: serviceCode }),
  'sale-sum': ofMoney,
  'card-sum': ofMoney,
  'card-count': ofCount,
  'till-sum': ofMoney,
  'till-count': ofCount,
  'reader-key': ({ keyId, passed }, { t }) =>
    t(passed ? 'checkFound.key-opened' : 'checkFound.key-not-opened', { keyId }),
  clock: ({ valueMs, limitMs }, { t, duration }) =>
    t('checkFound.behind', {
      value: duration(valueMs, { withSeconds: true }),
      limit: duration(limitMs, { withSeconds: true }),
    }),
};

export function checkText(renderer: Renderer, check: Check): CheckText {
  const tell = found[check.name] as (check: Check, renderer: Renderer) => string;
  return { name: renderer.t(`check.${check.name}`), found: tell(check, renderer) };
}
