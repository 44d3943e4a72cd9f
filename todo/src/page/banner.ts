/** The line below the page's heading. A release that changes it can be watched on its way from dev to prod. */
export const banner = 'One list, shared by everyone.';
