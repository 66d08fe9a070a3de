export { readPng as readImage } from './read-png.ts';
