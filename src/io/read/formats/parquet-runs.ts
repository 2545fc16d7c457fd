/**
 * Walks Parquet's runs (RLE and bit-packed, Encodings.md) without decoding them.
 * @param width bits of a value @param count values that the runs hold; the last run may be padded to a group of eight
 * @param fewer there may be fewer values, where nulls are among the count
 * @throws Error where the runs hold far more than that, or reach beyond their bytes
 */
export function checkRuns(bytes: Uint8Array, width: number, count: number, fewer = false): void {
  if (width === 0) return;
  let [at, seen] = [0, 0];
  while (seen < count && at < bytes.length) {
    let [header, shift] = [0, 0];
    let byte: number;
    do {
      byte = bytes[at++] ?? 0;
      header += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    } while (byte >= 0x80 && shift < 42);
    const values = header % 2 === 1 ? ((header - 1) / 2) * 8 : header / 2;
    const length = header % 2 === 1 ? ((header - 1) / 2) * width : (width + 7) >> 3;
    seen += values;
    at += length;
    if (values > count + 7 || seen > count + 7) throw new Error('a run is longer than its page');
    // Writers leave out the padding of a last group.
    if (at > bytes.length + width) throw new Error('a run reaches beyond its page');
    if (values === 0 && length === 0) throw new Error('a run is empty');
  }
  if (seen < count && !fewer) throw new Error('its levels are cut short');
}
