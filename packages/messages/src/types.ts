import type { English } from './texts.ts';

/** Keys and values of every `t` are checked against the English texts: a key that is missing does not compile. */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'domain';
    resources: English;
  }
}
