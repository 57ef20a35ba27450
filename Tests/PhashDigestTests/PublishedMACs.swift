/// The test cases of RFC 4231 (SHA-2) and RFC 2202 (MD5 and SHA-1), by the numbers that they have there.
enum PublishedMACs {
    struct Vector: Sendable {
        let algorithm: String
        let key: [UInt8]
        let message: [UInt8]
        /// In hexadecimal; case 5 of RFC 4231 gives the first 128 bits only.
        let digest: String
    }

    private static let fillingKey = [UInt8](1...25)
    private static let longKeyText = "Test Using Larger Than Block-Size Key - Hash Key First"

    /// Keys that are a byte repeated are as long as the digest in RFC 2202, and of 20 bytes in RFC 4231.
    private static func keyAndMessage(ofCase name: Substring, digestBytes: Int) -> ([UInt8], [UInt8]) {
        let isSHA2 = name.hasPrefix("4231")
        func repeated(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: isSHA2 ? 20 : digestBytes) }
        let longKey = [UInt8](repeating: 0xAA, count: isSHA2 ? 131 : 80)
        switch name.last {
        case "1": return (repeated(0x0B), Array("Hi There".utf8))
        case "2": return (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        case "3": return (repeated(0xAA), Array(repeating: 0xDD, count: 50))
        case "4": return (fillingKey, Array(repeating: 0xCD, count: 50))
        case "5": return (repeated(0x0C), Array("Test With Truncation".utf8))
        case "6": return (longKey, Array(longKeyText.utf8))
        default:
            let ofSHA2 =
                "This is a test using a larger than block-size key and a larger than block-size data. "
                + "The key needs to be hashed before being used by the HMAC algorithm."
            let older = "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"
            return (longKey, Array((isSHA2 ? ofSHA2 : older).utf8))
        }
    }

    static let all: [Vector] = table.split(separator: "\n").map { line in
        let fields = line.split(separator: " ")
        let digest = String(fields[2])
        let (key, message) = keyAndMessage(ofCase: fields[1], digestBytes: digest.utf8.count / 2)
        return Vector(algorithm: String(fields[0]), key: key, message: message, digest: digest)
    }

    /// Algorithm, RFC and case, digest; a backslash joins two lines.
    private static let table = """
        sha224 4231-1 896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22
        sha256 4231-1 b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7
        sha384 4231-1 afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c\
        faea9ea9076ede7f4af152e8b2fa9cb6
        sha512 4231-1 87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
        daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854
        sha224 4231-2 a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44
        sha256 4231-2 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843
        sha384 4231-2 af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
        8e2240ca5e69e2c78b3239ecfab21649
        sha512 4231-2 164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
        9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737
        sha224 4231-3 7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea
        sha256 4231-3 773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe
        sha384 4231-3 88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b\
        2a5ab39dc13814b94e3ab6e101a34f27
        sha512 4231-3 fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39\
        bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb
        sha224 4231-4 6c11506874013cac6a2abc1bb382627cec6a90d86efc012de7afec5a
        sha256 4231-4 82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b
        sha384 4231-4 3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e\
        6801dd23c4a7d679ccf8a386c674cffb
        sha512 4231-4 b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db\
        a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd
        sha224 4231-5 0e2aea68a90c8d37c988bcdb9fca6fa8
        sha256 4231-5 a3b6167473100ee06e0c796c2955552b
        sha384 4231-5 3abf34c3503b2a23a46efc619baef897
        sha512 4231-5 415fad6271580a531d4179bc891d87a6
        sha224 4231-6 95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e
        sha256 4231-6 60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54
        sha384 4231-6 4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6\
        0c2ef6ab4030fe8296248df163f44952
        sha512 4231-6 80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
        6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598
        sha224 4231-7 3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1
        sha256 4231-7 9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2
        sha384 4231-7 6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5\
        a678cc31e799176d3860e6110c46523e
        sha512 4231-7 e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
        b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58
        md5 2202-1 9294727a3638bb1c13f48ef8158bfc9d
        md5 2202-2 750c783e6ab0b503eaa86e310a5db738
        md5 2202-3 56be34521d144c88dbb8c733f0e8b3f6
        md5 2202-4 697eaf0aca3a3aea3a75164746ffaa79
        md5 2202-5 56461ef2342edc00f9bab995690efd4c
        md5 2202-6 6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd
        md5 2202-7 6f630fad67cda0ee1fb1f562db3aa53e
        sha1 2202-1 b617318655057264e28bc0b6fb378c8ef146be00
        sha1 2202-2 effcdf6ae5eb2fa2d27416d5f184df9c259a7c79
        sha1 2202-3 125d7342b9ac11cd91a39af48aa17b4f63f175d3
        sha1 2202-4 4c9007f4026250c6bc8414f9bf50c86c2d7235da
        sha1 2202-5 4c1a03424b55e07fe7f27be1d58bb9324a9a5a04
        sha1 2202-6 aa4ae5e15272d00e95705637ce8a3b55ed402112
        sha1 2202-7 e8e99d0f45237d786d6bbaa7965c7808bbff1a91
        """
}
