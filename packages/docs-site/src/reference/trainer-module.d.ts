declare module 'virtual:trainer' {
  const trainer: import('./trainer.ts').TrainerReference;
  export default trainer;
}
