export { type AdviceAction, adviceAction } from './advice.ts';
export {
  type Language,
  type LanguageRow,
  type LocalName,
  language,
  languages,
  localName,
} from './languages.ts';
export type { CheckText } from './render/checks.ts';
export type { EventText } from './render/events.ts';
export { type At, formatDuration, formatMoney } from './render/formats.ts';
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
  namespaces,
  type Translate,
  translateOf,
  translatorFor,
  translatorOptions,
} from './render/translator.ts';
export type { English, Namespace, Texts } from './texts.ts';
