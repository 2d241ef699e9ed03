import '@mantine/core/styles.css';
import './console.css';
import { startScreen } from '@bivak/screen';
import { RouterProvider } from '@tanstack/react-router';
import { learnTimeZone } from './data.ts';
import { router } from './routes.tsx';
import { en } from './words/en.ts';
import { ru } from './words/ru.ts';

await learnTimeZone();
startScreen({
  element: <RouterProvider router={router} />,
  words: { ru, en },
  title: { ru: 'Бивак: консоль', en: 'Bivak: console' },
});
