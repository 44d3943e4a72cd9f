export const banner = 'Release 0';
