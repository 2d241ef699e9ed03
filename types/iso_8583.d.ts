/** The part of npm iso_8583 2.6 that a benchmark uses; the package has no types of its own. */
declare module 'iso_8583' {
  export default class Iso8583 {
    constructor(fields?: Record<number, string>);
    getRawMessage(): Buffer | { error: unknown };
    getIsoJSON(bytes: Buffer, config: { lenHeader: boolean }): Record<number, string>;
  }
}
