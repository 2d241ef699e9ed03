/** Styles that a screen imports for their effect; Vite takes them. */
declare module '*.css';
