import { screenConfig } from '@bivak/screen/vite';

export default screenConfig({
  name: 'console',
  root: import.meta.dirname,
  output: '../dist',
  api: 'http://127.0.0.1:8720',
});
