import '@mantine/core/styles.css';
import './till.css';
import './counter.css';
import './overlay.css';
import './outcome.css';
import './sheets/sheets.css';
import './handheld.css';
import { startScreen } from '@bivak/screen';
import { cacheScreen } from './cache-screen.ts';
import { TillScreen } from './till-screen.tsx';

startScreen({ name: 'till', element: <TillScreen /> });
cacheScreen();
