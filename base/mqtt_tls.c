/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result that OpenSSL keeps of checking a certificate, in our words where it is frequent.
 * libmosquitto, which makes the connection, says no more than that the check failed.
 */
#include "base/mqtt_tls.h"

#include <stddef.h>
#include <string.h>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#define UNKNOWN_AUTHORITY "its certificate is not vouched for by a trusted authority"

static const struct {
    long code;
    const char *words;
} reasons[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "its certificate, or one that vouches for it, has expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID,
     "its certificate, or one that vouches for it, is not valid yet; compare the clocks"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, UNKNOWN_AUTHORITY},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNKNOWN_AUTHORITY},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, UNKNOWN_AUTHORITY},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
     "its certificate is signed by itself, and is not among the trusted ones"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, UNKNOWN_AUTHORITY},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE,
     "its certificate is not what the authority of that name has signed"},
    {X509_V_ERR_INVALID_PURPOSE, "its certificate is not one for servers"},
};

const char *mqtt_tls_words(long code)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].code == code)
            return reasons[i].words;
    }
    return X509_verify_cert_error_string(code);
}

const char *mqtt_tls_reason(const void *ssl)
{
    long code = ssl != NULL ? SSL_get_verify_result(ssl) : X509_V_OK;

    return code != X509_V_OK ? mqtt_tls_words(code) : NULL;
}

const char *mqtt_tls_problem(const char *problem)
{
    static const char *const known[][2] = {
        {"host name verification", "its certificate was issued to another host"},
        {"wrong version number", "it does not speak TLS"},
        {"unexpected eof", "it hung up; does it speak TLS?"},
        {"certificate required", "it does not accept this client without a certificate"},
        {"unknown ca", "it does not accept this client's certificate"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strstr(problem, known[i][0]) != NULL)
            return known[i][1];
    }
    return problem;
}
