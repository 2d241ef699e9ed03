export { type Language, type LanguageRow, languages } from './languages.ts';
export type { CheckText } from './render/checks.ts';
export type { EventText } from './render/events.ts';
export type { At } from './render/formats.ts';
export type { ProblemText } from './render/problems.ts';
export {
  createRenderer,
  type RefusalText,
  type Renderer,
  type RendererOptions,
  rendererOver,
} from './render/renderer.ts';
export {
  type Namespaces,
  type Translate,
  translateOf,
  translatorFor,
  translatorOptions,
} from './render/translator.ts';
export { language } from './schemas.ts';
export {
  type ActionItem,
  type ActionKey,
  type ActionTarget,
  type BankFacts,
  needsAPerson,
  type OperationsFacts,
} from './sentences/action-items.ts';
export { type CardholderFacts, type CardholderText, cardholderText } from './sentences/cardholder.ts';
export { type PaymentFacts, paymentHeadline } from './sentences/headline.ts';
export { type NoticeFacts, renderNotice } from './sentences/notices.ts';
export { type UnsentFacts, type UnsentKey, unsentText } from './sentences/unsent.ts';
export { terminalRenderer } from './terminal.ts';
export type { English, Namespace, Texts } from './texts.ts';
