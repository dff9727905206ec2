/** Tests of TLS with a private authority, and of rotated credentials. */
@NullMarked
package dev.sluice.system.tls;

import org.jspecify.annotations.NullMarked;
