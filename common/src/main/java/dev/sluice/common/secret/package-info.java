/**
 * What lets us in elsewhere and is renewed while we run: passwords and keys in files, certificates.
 * Depends on no other package of Sluice.
 */
@NullMarked
package dev.sluice.common.secret;

import org.jspecify.annotations.NullMarked;
