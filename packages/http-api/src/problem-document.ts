import type { ProblemDocument, ProblemFacts } from '@bivak/domain';
import { createRenderer, type Language, language, languages, type Renderer } from '@bivak/messages';
import { problemStatus } from './problem-status.ts';

/** Makes problem documents (RFC 9457): facts as further members, title and detail in the caller's language. */
export interface ProblemDocuments {
  /**
   * @param instance        the address that was asked for
   * @param acceptLanguage  the request's header of that name
   * @param status          HTTP's own, if HTTP itself refused the request; else that of the problem's code
   */
  of(
    problem: ProblemFacts,
    instance: string,
    acceptLanguage?: string,
    status?: number,
  ): ProblemDocument & Record<string, unknown>;
}

/** `currency`: of the sums in an error. */
export function problemDocuments(currency?: string): ProblemDocuments {
  const renderers = new Map<Language, Renderer>(
    languages.map(({ code }) => [code, createRenderer({ language: code, currency })]),
  );
  return {
    of(problem, instance, acceptLanguage, status = problemStatus[problem.code]) {
      const renderer = renderers.get(preferredLanguage(acceptLanguage, 'en'))!;
      const { title, detail } = renderer.problem(problem);
      const { code, data } = problem;
      return { ...data, type: `urn:bivak:problem:${code}`, title, status, detail, code, instance };
    },
  };
}

/** The first language that the header `Accept-Language` names and we have; `otherwise` if it names none. */
export function preferredLanguage(acceptLanguage: string | undefined, otherwise: Language): Language {
  const wanted = (acceptLanguage ?? '').split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return wanted.map((tag) => language.safeParse(tag).data).find((known) => known !== undefined) ?? otherwise;
}
