import '@mantine/core/styles.css';
import './panel.css';
import { startScreen } from '@bivak/screen';
import { Panel } from './panel.tsx';

startScreen({ name: 'panel', element: <Panel /> });
