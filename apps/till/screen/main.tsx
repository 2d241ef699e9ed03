import '@mantine/core/styles.css';
import './till.css';
import { startScreen } from '@bivak/screen';
import { TillScreen } from './till-screen.tsx';
import { en } from './words/en.ts';
import { ru } from './words/ru.ts';

startScreen({ element: <TillScreen />, words: { ru, en }, title: { ru: 'Бивак: касса', en: 'Bivak: till' } });
