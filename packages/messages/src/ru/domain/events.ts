/** What can happen to a payment, in Russian. */
export const events = {
  event: {
    'rung-up': {
      what: 'Продажа на кассе {{till}}',
      why: 'Касса спросила хост, пока покупатель ждал',
    },
    accepted: {
      offline: 'Принято офлайн на кассе {{till}}',
      online: 'Принято со связью на кассе {{till}}',
      onlineWhy: 'Банк ответил, пока покупатель ждал',
    },
    'dated-on-arrival': {
      what: 'Время продажи взято по приходу на хост',
      why: 'Часы кассы показывали {{tillAt}}',
    },
    mended: {
      what: 'Исправлено: {{parts}}',
      why: 'Это лишь описание проданного, и в таком виде его не прочесть или не сохранить; сумма и карта такие, как записала касса',
    },
    'collected-by-decision': {
      what: 'Решение ({{by}}): это отдельная продажа',
      why: 'Номер {{sale}} касса уже использовала. {{why}}',
    },
    arrived: { what: 'Получено хостом' },
    'ended-without-receipt': { what: 'Касса завершила продажу без чека' },
    'debit-sent': { what: 'Отправляем: {{bank}}' },
    'debit-not-sent': { what: '{{bank}}: ничего не отправлено' },
    'debit-unanswered': { what: '{{bank}} не ответил' },
    'debit-answered': {
      approved: '{{bank}}: одобрено ({{code}})',
      'not-approved': '{{bank}}: не одобрено ({{code}})',
    },
    'sum-reserved': {
      what: '{{bank}}: сумма зарезервирована ({{code}})',
      why: 'За резервом следует завершение, которое списывает; без него резерв истечёт',
    },
    'completion-sent': { what: 'Отправляем завершение: {{bank}}' },
    'completion-confirmed': { what: '{{bank}} списал' },
    'completion-refused': { what: '{{bank}} не списывает того, что зарезервировал ({{code}})' },
    'inquiry-sent': {
      what: '{{bank}}: спрашиваем, что стало со списанием',
      why: 'Если банк не скажет, что списал, списание будет отменено',
    },
    'inquiry-answered': {
      answered: '{{bank}} ответил на запрос о списании ({{code}})',
      unanswered: '{{bank}} не ответил на запрос о списании',
    },
    'late-answer': {
      what: '{{bank}} ответил, когда ответа уже не ждали',
      why: 'Сообщение {{messageType}}, код {{code}}',
      whyNoCode: 'Сообщение {{messageType}}',
    },
    'approved-late': {
      what: '{{bank}} мог всё же списать деньги ({{code}})',
      whatNoCode: '{{bank}} мог всё же списать деньги',
      why: 'Раньше он ответил иначе: списанное возвращаем',
    },
    'interrupted-before-sending': {
      what: 'Хост был прерван',
      why: '{{bank}}: ничего не ушло, отменять нечего',
    },
    'interrupted-after-sending': {
      what: 'Хост был прерван',
      why: 'Неизвестно, списал ли {{bank}}: сначала отменяем',
    },
    'reversal-sent': {
      what: 'Отправляем отмену: {{bank}}',
      why: 'Пока отмена не подтверждена, другой банк не спрашиваем: карту не спишут дважды',
    },
    'reversal-confirmed': { what: '{{bank}} подтвердил: там ничего не списано' },
    'refund-sent': {
      what: 'Отправлен возврат: {{bank}}',
      why: 'Банк больше не находит списания, которое одобрил: отменить его нельзя',
    },
    'refund-confirmed': { what: '{{bank}} вернул деньги: там ничего не списано' },
    disputed: {
      what: 'Попытка {{attempt}}, {{bank}}: решить по книгам банка должен человек',
      why: 'Причина: {{cause}}',
    },
    decided: { what: '{{bank}}: решение ({{by}}): {{decision}}', why: '{{why}}' },
    'found-in-books': {
      what: 'Найдено в книгах банка {{bank}}: списано (попытка {{attempt}})',
      why: 'Списание сделано за время, которое хранилище потеряло',
    },
    'restored-cleared': {
      byBooks: 'Что списано до восстановления хранилища, решено по книгам банков ({{by}})',
      byPerson: 'Решено ({{by}}): до восстановления хранилища ничего неизвестного не списано',
      why: '{{why}}',
    },
    waiting: { what: 'Ждёт' },
    'end-decided': {
      keep: 'Решение ({{by}}): товар у покупателя, деньги остаются',
      'give-back': 'Решение ({{by}}): продажи не было, деньги возвращаем',
      why: '{{why}}',
    },
    'retry-requested': {
      retry: 'Новая попытка по графику',
      'cardholder-request': 'Новая попытка по просьбе покупателя',
    },
    collected: { what: 'Деньги списаны' },
    declined: { what: 'Эмитент отказал' },
    'not-reached': { what: 'Эмитент не на связи', why: 'Никто не отказал' },
    'debt-decided': { what: 'Решение о карте ({{by}}): {{decision}}', why: '{{why}}' },
    'possible-double': {
      what: 'Возможно, пробито дважды',
      why: 'Та же карта, сумма и касса в пределах минуты: см. {{other}}',
    },
    cancelled: { what: 'Отменено: с карты ничего не списано' },
  },
  mendedPart: {
    'line-items': 'список товаров',
    checks: 'проверки кассы',
    fiscal: 'сведения о чеке',
  },
};
