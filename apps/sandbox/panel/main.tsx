import '@mantine/core/styles.css';
import './panel.css';
import { startScreen } from '@bivak/screen';
import { Panel } from './panel.tsx';
import { en } from './words/en.ts';
import { ru } from './words/ru.ts';

startScreen({
  element: <Panel />,
  words: { ru, en },
  title: { ru: 'Бивак: песочница', en: 'Bivak: sandbox' },
});
