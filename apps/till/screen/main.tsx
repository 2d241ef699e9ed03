import '@mantine/core/styles.css';
import './till.css';
import './counter.css';
import './over.css';
import './outcome.css';
import './sheets/sheets.css';
import { startScreen } from '@bivak/screen';
import { keepScreen } from './keep-screen.ts';
import { TillScreen } from './till-screen.tsx';
import { en } from './words/en.ts';
import { ru } from './words/ru.ts';

startScreen({ element: <TillScreen />, words: { ru, en }, title: { ru: 'Бивак: касса', en: 'Bivak: till' } });
keepScreen();
