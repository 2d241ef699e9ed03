import type { sandboxApi } from '@bivak/contracts';

/** What the sandbox itself says in the terminal, around the story. */
export interface SandboxWords {
  starting: string;
  ending: string;
  stillEnding: (names: readonly string[]) => string;
  silent: (silence: { name: string; seconds: number; logFile: string }) => string;
  staysUp: string;
  removed: string;
  endedLeftovers: (names: readonly string[]) => string;
  died: (death: { name: string; how: string; againInMs: number; logFile: string }) => string;
  returned: (name: string) => string;
  /** Before each address; equally long, so that the addresses stand below one another. */
  addresses: { panel: string; panelHas: string; till: string; console: string; host: string; data: string };
  recordingPlays: string;
  brokeOff: (why: string) => string;
  notTrue: (claim: string) => string;
  whyNotPlayed: Readonly<Record<sandboxApi.Story['state'], string>>;
  beginAnew: string;
}

const en: SandboxWords = {
  starting:
    'Starting the sandbox: banks, issuers, SMS centre, drives, fiscal operator, readers, radio, host, tills, console …',
  ending: 'Ending every process …',
  stillEnding: (names) => `Still ending: ${names.join(', ') || 'the database'} …`,
  silent: ({ name, seconds, logFile }) =>
    `${name} has not answered for ${seconds} s since its start. Its log: ${logFile}`,
  staysUp: 'Everything stays up; it is yours now. Ctrl-C ends it.',
  removed: 'What earlier starts had kept is removed.',
  endedLeftovers: (names) => `Ended what an earlier start had left running: ${names.join(', ')}.`,
  died: ({ name, how, againInMs, logFile }) =>
    `${name} ended unexpectedly (${how}); starting it again in ${againInMs} ms. Its log: ${logFile}`,
  returned: (name) => `${name} is up again.`,
  addresses: {
    panel: 'Sandbox panel',
    panelHas: '(links, banks, cards, time, SMS)',
    till: 'Till',
    console: 'Console',
    host: 'Host API',
    data: 'Data and logs',
  },
  recordingPlays: 'The tills’ links play the recording.',
  brokeOff: (why) => `The story broke off: ${why}`,
  notTrue: (claim) => `Not true: ${claim}`,
  whyNotPlayed: {
    held: 'The story has been told in this world',
    failed: 'The story has been told in this world, and not all of it held',
    interrupted: 'The story was interrupted',
    playing: 'The story was interrupted',
    'not-played': 'This world has been in use without the story',
  },
  beginAnew: '"npm start -- --reset" begins anew and tells it from its beginning.',
};

const ru: SandboxWords = {
  starting:
    'Запуск песочницы: банки, эмитенты, SMS-центр, накопители, ОФД, считыватели, радио, хост, кассы, консоль …',
  ending: 'Завершаем все процессы …',
  stillEnding: (names) => `Ещё завершаются: ${names.join(', ') || 'база данных'} …`,
  silent: ({ name, seconds, logFile }) =>
    `${name} не отвечает ${seconds} с после запуска. Журнал: ${logFile}`,
  staysUp: 'Всё продолжает работать, и теперь оно ваше. Ctrl-C завершает.',
  removed: 'Данные прежних запусков удалены.',
  endedLeftovers: (names) => `Завершены процессы, оставшиеся от прежнего запуска: ${names.join(', ')}.`,
  died: ({ name, how, againInMs, logFile }) =>
    `${name} неожиданно завершился (${how}); запустим снова через ${againInMs} мс. Журнал: ${logFile}`,
  returned: (name) => `${name} снова работает.`,
  addresses: {
    panel: 'Пульт песочницы',
    panelHas: '(связь, банки, карты, время, SMS)',
    till: 'Касса',
    console: 'Консоль',
    host: 'API хоста',
    data: 'Данные и журналы',
  },
  recordingPlays: 'Связь касс идёт по записи.',
  brokeOff: (why) => `История прервалась: ${why}`,
  notTrue: (claim) => `Неверно: ${claim}`,
  whyNotPlayed: {
    held: 'История в этом мире уже рассказана',
    failed: 'История в этом мире уже рассказана, и не всё в ней сошлось',
    interrupted: 'История была прервана',
    playing: 'История была прервана',
    'not-played': 'Этим миром уже пользовались без истории',
  },
  beginAnew: '«npm start -- --reset» начинает заново и рассказывает её с начала.',
};

export const sandboxWords: Readonly<Record<'en' | 'ru', SandboxWords>> = { en, ru };
