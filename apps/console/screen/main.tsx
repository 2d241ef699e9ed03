import '@mantine/core/styles.css';
import './console.css';
import { startScreen } from '@bivak/screen';
import { RouterProvider } from '@tanstack/react-router';
import { learnTimeZone } from './data.ts';
import { router } from './routes.tsx';

await learnTimeZone();
startScreen({ name: 'console', element: <RouterProvider router={router} /> });
