// libcrypto as Swift sees it: only what PhashDigest calls.
#pragma once
// OpenSSL would rather have SHA-2 fetched like everything else; OpenSSLBackend says why it is not always.
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>
