/** Words by what they do in an answer. The words of the tasks (./prompts) come beside these. */
const words = (text: string): readonly string[] => text.split(' ');

/** Said to be nice; the last five flatter. */
export const polite = words(
  'please thanks sorry kindly dear glad welcome great wonderful brilliant clever question',
);
export const toxic = words('stupid idiot dumb ugly lazy hate shut');
/** Says nothing. */
export const padding = words('well really very indeed just so quite');
/** Offers something better to one who asks for what must not be helped with. */
export const instead = words('ask talk friend doctor teacher stay safe');
/** Declines. */
export const declining = words('cannot');
/** Holds sentences together. */
export const grammar = words('the a and then first it is that answer you i to with help not in up on for');
