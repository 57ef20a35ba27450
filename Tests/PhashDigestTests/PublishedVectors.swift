/// The example values that NIST publishes with FIPS 180-4 and FIPS 202, for the messages of those examples.
enum PublishedVectors {
    struct Vector: Sendable {
        let algorithm: String
        let messageName: String
        let digest: String
    }

    /// The messages by name; "448-bit" and "896-bit" are those of FIPS 180-2, appendices B.2 and C.2.
    static let messages: [String: [UInt8]] = [
        "empty": [],
        "abc": Array("abc".utf8),
        "448-bit": Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
        "896-bit": Array(
            ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
        "million-a": [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
    ]

    static let all: [Vector] = table.split(separator: "\n").map { line in
        let fields = line.split(separator: " ").map(String.init)
        return Vector(algorithm: fields[0], messageName: fields[1], digest: fields[2])
    }

    /// Algorithm, message and digest; a backslash joins two lines.
    private static let table = """
        sha1 empty da39a3ee5e6b4b0d3255bfef95601890afd80709
        sha1 abc a9993e364706816aba3e25717850c26c9cd0d89d
        sha1 448-bit 84983e441c3bd26ebaae4aa1f95129e5e54670f1
        sha1 896-bit a49b2446a02c645bf419f995b67091253a04a259
        sha1 million-a 34aa973cd4c4daa4f61eeb2bdbad27316534016f
        sha224 empty d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f
        sha224 abc 23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7
        sha224 448-bit 75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525
        sha224 896-bit c97ca9a559850ce97a04a96def6d99a9e0e0e2ab14e6b8df265fc0b3
        sha224 million-a 20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67
        sha256 empty e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        sha256 abc ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
        sha256 448-bit 248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1
        sha256 896-bit cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1
        sha256 million-a cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0
        sha384 empty 38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b
        sha384 abc cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7
        sha384 448-bit 3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6b0455a8520bc4e6f5fe95b1fe3c8452b
        sha384 896-bit 09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039
        sha384 million-a 9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985
        sha512 empty cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f\
        63b931bd47417a81a538327af927da3e
        sha512 abc ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd\
        454d4423643ce80e2a9ac94fa54ca49f
        sha512 448-bit 204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c33596fd15c13b1b07f9aa1d3bea57789ca0\
        31ad85c7a71dd70354ec631238ca3445
        sha512 896-bit 8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433a\
        c7d329eeb6dd26545e96e55b874be909
        sha512 million-a e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31b\
        eb009c5c2c49aa2e4eadb217ad8cc09b
        sha512-224 empty 6ed0dd02806fa89e25de060c19d3ac86cabb87d6a0ddd05c333b84f4
        sha512-224 abc 4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa
        sha512-224 448-bit e5302d6d54bb242275d1e7622d68df6eb02dedd13f564c13dbda2174
        sha512-224 896-bit 23fec5bb94d60b23308192640b0c453335d664734fe40e7268674af9
        sha512-224 million-a 37ab331d76f0d36de422bd0edeb22a28accd487b7a8453ae965dd287
        sha512-256 empty c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a
        sha512-256 abc 53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23
        sha512-256 448-bit bde8e1f9f19bb9fd3406c90ec6bc47bd36d8ada9f11880dbc8a22a7078b6a461
        sha512-256 896-bit 3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a
        sha512-256 million-a 9a59a052930187a97038cae692f30708aa6491923ef5194394dc68d56c74fb21
        sha3-224 empty 6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7
        sha3-224 abc e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf
        sha3-224 448-bit 8a24108b154ada21c9fd5574494479ba5c7e7ab76ef264ead0fcce33
        sha3-224 896-bit 543e6868e1666c1a643630df77367ae5a62a85070a51c14cbf665cbc
        sha3-224 million-a d69335b93325192e516a912e6d19a15cb51c6ed5c15243e7a7fd653c
        sha3-256 empty a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a
        sha3-256 abc 3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532
        sha3-256 448-bit 41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376
        sha3-256 896-bit 916f6061fe879741ca6469b43971dfdb28b1a32dc36cb3254e812be27aad1d18
        sha3-256 million-a 5c8875ae474a3634ba4fd55ec85bffd661f32aca75c6d699d0cdcb6c115891c1
        sha3-384 empty 0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004
        sha3-384 abc ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25
        sha3-384 448-bit 991c665755eb3a4b6bbdfb75c78a492e8c56a22c5c4d7e429bfdbc32b9d4ad5aa04a1f076e62fea19eef51acd0657c22
        sha3-384 896-bit 79407d3b5916b59c3e30b09822974791c313fb9ecc849e406f23592d04f625dc8c709b98b43b3852b337216179aa7fc7
        sha3-384 million-a eee9e24d78c1855337983451df97c8ad9eedf256c6334f8e948d252d5e0e76847aa0774ddb90a842190d2c558b4b8340
        sha3-512 empty a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558\
        f500199d95b6d3e301758586281dcd26
        sha3-512 abc b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e39340\
        57340b4cf408d5a56592f8274eec53f0
        sha3-512 448-bit 04a371e84ecfb5b8b77cb48610fca8182dd457ce6f326a0fd3d7ec2f1e91636dee691fbe0c985302ba1b0d8dc78c0863\
        46b533b49c030d99a27daf1139d6e75e
        sha3-512 896-bit afebb2ef542e6579c50cad06d2e578f9f8dd6881d7dc824d26360feebf18a4fa73e3261122948efcfd492e74e82e2189\
        ed0fb440d187f382270cb455f21dd185
        sha3-512 million-a 3c3a876da14034ab60627c077bb98f7e120a2a5370212dffb3385a18d4f38859ed311d0a9d5141ce9cc5c66ee689b266\
        a8aa18ace8282a0e0db596c90b0a7b87
        """
}
