import { screenConfig } from '@bivak/screen/vite';

export default screenConfig({
  name: 'panel',
  root: import.meta.dirname,
  output: '../dist',
  api: 'http://127.0.0.1:8700',
});
