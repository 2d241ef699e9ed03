import type { Russian } from '../texts.ts';

/** What the sandbox itself says in the terminal, around the scenario, in Russian. */
export const sandbox: Russian<'sandbox'> = {
  starting:
    'Запуск песочницы: банки, эмитенты, SMS-центр, накопители, ОФД, считыватели, радио, хост, кассы, консоль …',
  notBuilt: '{{cause}} API работают и так; подробнее: «npm run build».',
  panelNotBuilt:
    'Пульт не собран: выполните «npm run build» и запустите снова. API описан по адресу /openapi.json.',
  ending: 'Завершаем все процессы …',
  stillEnding: 'Ещё завершаются: {{names}} …',
  stillEndingDatabase: 'Ещё завершается база данных …',
  silent: '{{name}} не отвечает {{lasting}} после запуска. Журнал: {{logFile}}',
  staysUp: 'Всё продолжает работать, и теперь оно ваше. Ctrl-C завершает.',
  removed: 'Данные прежних запусков удалены.',
  endedLeftovers: 'Завершены процессы, оставшиеся от прежнего запуска: {{names}}.',
  died: '{{name}} неожиданно завершился ({{how}}); запустим снова через {{againInMs}} мс. Журнал: {{logFile}}',
  returned: '{{name}} снова работает.',
  addresses: {
    panel: 'Пульт песочницы',
    panelHas: '(связь, банки, карты, время, SMS)',
    till: 'Касса',
    console: 'Консоль',
    host: 'API хоста',
    data: 'Данные и журналы',
  },
  notPossible: {
    'folder-in-use':
      'На {{folder}} работает другая песочница (процесс {{process}}): сначала завершите её или укажите другую папку в --data-dir.',
    'reset-while-running':
      'На {{folder}} работает песочница (процесс {{process}}): завершите её, прежде чем начинать заново.',
    'holds-other-things': 'В {{folder}} лежит другое: укажите пустую папку или такую, которой ещё нет.',
  },
  recordingPlays: 'Связь касс идёт по записи.',
  brokeOff: 'Сценарий прервался: {{why}}',
  waitedInVain: 'Сценарий прервался: он напрасно ждал, что {{wait}}.',
  notTrue: 'Неверно: {{claim}}',
  whyNotPlayed: {
    held: 'Сценарий в этом мире уже сыгран',
    failed: 'Сценарий в этом мире уже сыгран, и не всё в нём сошлось',
    interrupted: 'Сценарий был прерван',
    playing: 'Сценарий был прерван',
    'not-played': 'Этим миром уже пользовались без сценария',
  },
  beginAnew: '«npm start -- --reset» начинает заново и проигрывает его с начала.',
};
