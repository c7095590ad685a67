/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/mqtt_tls.c. test/scenario/mqtt_tls.sh has brokers with such certificates. */
#include <string.h>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "base/mqtt_tls.h"
#include "law.h"

TEST(what_is_wrong_with_a_certificate_has_a_sentence_that_says_what)
{
    static const struct {
        long code;
        const char *part;
    } row[] = {
        {X509_V_ERR_CERT_HAS_EXPIRED, "has expired"},
        {X509_V_ERR_CERT_NOT_YET_VALID, "not valid yet"},
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "not vouched for by a trusted authority"},
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
         "not vouched for by a trusted authority"},
        {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "not vouched for by a trusted authority"},
        {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "not vouched for by a trusted authority"},
        {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "signed by itself"},
        {X509_V_ERR_CERT_SIGNATURE_FAILURE, "authority of that name"},
        {X509_V_ERR_INVALID_PURPOSE, "not one for servers"},
        {X509_V_ERR_CERT_REVOKED, "revoked"}, /* OpenSSL's own words */
    };

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, strstr(mqtt_tls_words(row[i].code), row[i].part) != NULL);
}

TEST(a_connection_without_a_complaint_gives_no_reason)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);

    assert_non_null(ssl);
    assert_null(mqtt_tls_reason(NULL));
    assert_null(mqtt_tls_reason(ssl));
    SSL_set_verify_result(ssl, X509_V_ERR_CERT_HAS_EXPIRED);
    assert_string_equal(mqtt_tls_reason(ssl), mqtt_tls_words(X509_V_ERR_CERT_HAS_EXPIRED));
    SSL_free(ssl);
    SSL_CTX_free(context);
}

TEST(what_libmosquitto_says_of_tls_is_said_in_other_words_or_as_it_is)
{
    static const char line[] =
        "OpenSSL Error[0]: error:0A00010B:SSL routines::wrong version number";

    assert_string_equal(mqtt_tls_problem(line), "it does not speak TLS");
    assert_string_equal(mqtt_tls_problem("nothing known"), "nothing known");
}

LAWS(LAW(what_is_wrong_with_a_certificate_has_a_sentence_that_says_what),
     LAW(a_connection_without_a_complaint_gives_no_reason),
     LAW(what_libmosquitto_says_of_tls_is_said_in_other_words_or_as_it_is))
